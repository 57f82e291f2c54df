"""`gooddata work` that keeps account of what features and scores cost its one thread; for measurements alone.

Run as `python -m bench.scoring_cost FILE work`. The clock of the thread is read four times a round, which is nothing
beside a round. FILE holds the seconds so far, of each of PARTS.
"""

import struct
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.made_sessions import facts_of
from gooddata import cli
from gooddata.intelligence.results import work_out, write
from gooddata.intelligence.sessions.history import FIRST_VISIT
from gooddata.intelligence.sessions.state import SessionState

# Features read and models asked; scores made into rows and messages.
PARTS = ("features_and_models", "rows_and_messages")
_PLACES = struct.Struct(f"{len(PARTS)}d")


def read(file: Path) -> NDArray[np.float64]:
    """Seconds of CPU so far, of each of PARTS."""
    return np.array(_PLACES.unpack(file.read_bytes()))


def of_session_state(rows: Iterable[tuple[int, dict[str, Any], dict[str, Any]]]) -> float:
    """Seconds of CPU that it takes to keep the state of sessions up to date with events, each with its time (epoch ms)
    and its visit's context, which is once for each visit. What is stored of sessions is read from the same state, so
    that this is more than what features alone take."""
    told = [(at, {**event, "context": {**context, **event.get("context", {})}}) for at, event, context in rows]
    facts = facts_of(told)
    states: dict[Any, SessionState] = {}
    began = time.process_time()
    for fact in facts:
        state = states.get(fact.visitor)
        if state is None:
            states[fact.visitor] = SessionState(fact.event_id, FIRST_VISIT, fact)
        else:
            state.update(fact)
    return time.process_time() - began


def _account(file: Path) -> None:
    spent = dict.fromkeys(PARTS, 0.0)
    kept = file.open("wb", buffering=0)
    kept.write(_PLACES.pack(*spent.values()))

    def counted(part: str, really: Callable[..., Any]) -> Callable[..., Any]:
        def doing(*given: Any) -> Any:
            began = time.thread_time()
            made = really(*given)
            spent[part] += time.thread_time() - began
            kept.seek(0)
            kept.write(_PLACES.pack(*spent.values()))
            return made

        return doing

    work_out.score_sessions = counted(PARTS[0], work_out.score_sessions)
    write.told = counted(PARTS[1], write.told)


if __name__ == "__main__":
    _account(Path(sys.argv.pop(1)))
    cli.main()
