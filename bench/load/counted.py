"""Counts, in both databases, what was acknowledged: each event by its id, once; and the ledger."""

from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import numpy as np
import numpy.typing as npt

from bench.load.mixed import Template
from bench.load.open_loop import NEVER_SENT, UNANSWERED

Keys = npt.NDArray[np.uint64]

# One row of COPY in binary: how many columns, how many bytes, and the 16 of the id.
_ROW = np.dtype([("columns", ">i2"), ("bytes", ">i4"), ("number", ">u4"), ("middle", "V8"), ("place", ">u4")])
_HEAD, _TAIL = 19, 2
_RAW = "SELECT id FROM raw.events WHERE project_id = '{project}'"
_APPLIED = "SELECT event_id FROM analytics.event WHERE project_id = '{project}'"
_LEDGER = "SELECT outcome, sum(events)::bigint FROM raw.ledger WHERE project_id = $1 GROUP BY 1"


class Expected(msgspec.Struct):
    """By the answers: `acknowledged` must be stored, `perhaps` may be (nobody answered), and nothing else.

    Of the events of requests that were answered with 200 so many are `good`, those that came before among them, and so
    many `bad`; likewise of requests that nobody answered."""

    acknowledged: Keys
    perhaps: Keys
    good: int
    bad: int
    perhaps_good: int
    perhaps_bad: int


def expected(number: Any, template: Any, status: Any, templates: list[Template]) -> Expected:
    """Of all that was ever sent, a column each."""
    size, bad = (np.array([getattr(each, name) for each in templates]) for name in ("size", "bad"))
    told, unknown = status == 200, status == UNANSWERED
    sent = told | unknown
    first_good = np.zeros(int(number.max()) + 1, np.uint8)
    first_good[number[unknown]] = 1
    first_good[number[told]] = 2
    of = np.zeros(len(first_good), np.int64)
    of[number[sent]] = template[sent]
    counts = size[template] - bad[template]
    return Expected(
        _keys(np.flatnonzero(first_good == 2), of, templates),
        _keys(np.flatnonzero(first_good == 1), of, templates),
        int(counts[told].sum()),
        int(bad[template][told].sum()),
        int(counts[unknown].sum()),
        int(bad[template][unknown].sum()),
    )


def _keys(numbers: Any, of: Any, templates: list[Template]) -> Keys:
    """An event's key: the number of its request, and its place there."""
    made = [np.empty(0, np.uint64)]
    for place, template in enumerate(templates):
        own = numbers[of[numbers] == place].astype(np.uint64) << np.uint64(16)
        places = np.arange(template.bad, template.size - template.twice, dtype=np.uint64)
        made.append((own[:, None] | places).ravel())
    return np.sort(np.concatenate(made))


async def stored(dsn: str, question: str, folder: Path) -> Keys:
    """The keys of all events that a question gives the ids of, in order, as often as they are there."""
    path = folder / "ids"
    connection = await asyncpg.connect(dsn)
    try:
        await connection.copy_from_query(question, output=path, format="binary")
    finally:
        await connection.close()
    content = np.fromfile(path, np.uint8)[_HEAD:-_TAIL]
    path.unlink()
    rows = content.view(_ROW)
    return np.sort((rows["number"].astype(np.uint64) << np.uint64(16)) | rows["place"].astype(np.uint64))


def wrong_in(name: str, found: Keys, wanted: Expected) -> list[str]:
    """Sentences on what is not stored as it was acknowledged."""
    once = np.unique(found)
    missing = np.setdiff1d(wanted.acknowledged, once, assume_unique=True)
    strange = np.setdiff1d(once, np.concatenate([wanted.acknowledged, wanted.perhaps]), assume_unique=True)
    told = []
    if len(missing):
        told.append(f"{name}: {len(missing)} acknowledged events are missing")
    if len(found) != len(once):
        told.append(f"{name}: {len(found) - len(once)} events are there twice")
    if len(strange):
        told.append(f"{name}: {len(strange)} events are there that were refused, or never sent")
    return told


async def count(running: dict[str, Any], sent: Any, templates: list[Template], folder: Path) -> dict[str, Any]:
    """What is in the databases, and in `wrong` what is not as it was answered. `sent` are the generator's columns."""
    wanted = expected(sent["number"], sent["template"], sent["status"], templates)
    raw = await stored(running["raw_dsn"], _RAW.format(**running), folder)
    applied = await stored(running["analytics_dsn"], _APPLIED.format(**running), folder)
    wrong = wrong_in("the event log", raw, wanted) + wrong_in("analytics", applied, wanted)
    connection = await asyncpg.connect(running["raw_dsn"])
    ledger: dict[str, int] = dict(await connection.fetch(_LEDGER, running["project"]))
    await connection.close()
    held = ledger.get("stored", 0)
    good = held + ledger.get("duplicate", 0)
    bad = ledger.get("rejected", 0)
    if held != len(raw):
        wrong.append(f"the ledger has {held} stored events, the event log {len(raw)}")
    if not wanted.good <= good <= wanted.good + wanted.perhaps_good:
        wrong.append(f"the ledger has {good} stored and duplicate events, {wanted.good} were acknowledged")
    if not wanted.bad <= bad <= wanted.bad + wanted.perhaps_bad:
        wrong.append(f"the ledger has {bad} rejected events, {wanted.bad} were reported")
    return {
        "acknowledged_events": len(wanted.acknowledged),
        "events_without_an_answer": len(wanted.perhaps),
        "in_the_event_log": len(raw),
        "in_analytics": len(applied),
        "ledger": ledger,
        "requests_sent_twice": int(len(sent["number"]) - len(np.unique(sent["number"]))),
        "requests_never_sent": int((sent["status"] == NEVER_SENT).sum()),
        "wrong": wrong,
    }
