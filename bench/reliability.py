"""Does the default installation lose or double anything, whatever is killed, filled up, set wrong or taken away? Seeded
rounds of faults under load, three faults each, on three installations that are made anew every 25 rounds.

    python -m bench.reliability [ROUNDS] [SEED] [--only NUMBER [TO]] [--findings FILE] [--write]

Prints JSON; fails where something was wrong, or a fault never had its effect. `--only` repeats one round, or some in a
row; `--findings` lets it be played in parts; `--write` puts the report into bench/results/reliability.json, and its
table into docs/reliability.md.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from bench.reliability_report import REPORT, report_of, write_table
from tests.faults.disks import may_mount
from tests.faults.harms.default import possible, skipped
from tests.faults.installation import Installation
from tests.faults.rounds import dealt, play

ROUNDS, SEED = 200, 1
ROUNDS_OF_AN_INSTALLATION = 25
AT_A_TIME = 3  # installations, each with rounds of its own: most of a round is waiting
_IN_NAMESPACE = "GOODDATA_BENCH_IN_NAMESPACE"
APART_SECONDS, PAUSE_SECONDS = 1.2, 0.1


async def run(
    rounds: int, seed: int, first: int = 0, last: int | None = None, findings: Path | None = None
) -> dict[str, Any]:
    """Goes on after a round that found something: what it found is in the report."""
    started = time.monotonic()
    hands = [*enumerate(dealt(possible(), seed, rounds))][first : rounds if last is None else last + 1]
    played = _found_before(findings)
    before = {each["round"] for each in played}
    hands = [each for each in hands if each[0] not in before]
    await asyncio.gather(*(_play(seed, hands, played, findings) for _ in range(min(AT_A_TIME, len(hands)))))
    played.sort(key=lambda each: each["round"])
    print(f"{(time.monotonic() - started) / 60:.1f} minutes", file=sys.stderr)
    return {"bench": "reliability", "cores": os.cpu_count(), "seed": seed} | report_of(played, skipped())


def _found_before(findings: Path | None) -> list[dict[str, Any]]:
    if findings is None or not findings.exists():
        return []
    return [msgspec.json.decode(line) for line in findings.read_bytes().splitlines()]


async def _play(
    seed: int, hands: list[tuple[int, list[str]]], played: list[dict[str, Any]], findings: Path | None
) -> None:
    """Plays rounds until none is left, on one installation after another."""
    while hands:
        with tempfile.TemporaryDirectory(prefix="gooddata-bench-", ignore_cleanup_errors=True) as place:
            async with Installation(Path(place)) as installation:
                for _ in range(ROUNDS_OF_AN_INSTALLATION):
                    if not hands:
                        return
                    number, faults = hands.pop(0)
                    found = await _play_one(installation, f"{seed}.{number}", faults)
                    played.append({"round": number, **found})
                    print(played[-1], file=sys.stderr, flush=True)
                    if findings is not None:
                        with findings.open("ab") as file:
                            file.write(msgspec.json.encode(played[-1]) + b"\n")
                    if "sent" not in found:
                        # It did not come to rest: the rounds that are left have an installation that does.
                        break


async def _play_one(installation: Installation, name: str, faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any]
    try:
        found = await play(installation, name, faults, possible(), apart=APART_SECONDS, pause=PAUSE_SECONDS)
    except Exception as failure:
        found = {"faults": dict.fromkeys(faults), "wrong": [f"{type(failure).__name__}: {failure}"]}
    if found["wrong"]:
        _keep_what_was_said(installation, name)
    return found


def _keep_what_was_said(installation: Installation, name: str) -> None:
    kept = Path(tempfile.gettempdir()) / f"gooddata-round-{name}.log"
    kept.write_bytes(installation.said.read_bytes()[-2_000_000:])
    print(f"what the processes said is in {kept}", file=sys.stderr)


def _have_disks_of_its_own() -> None:
    """Goes on in a namespace in which what is mounted is gone with this process, however it ends."""
    if may_mount() and _IN_NAMESPACE not in os.environ:
        command = ["unshare", "--mount", sys.executable, "-m", "bench.reliability", *sys.argv[1:]]
        os.execvpe("unshare", command, os.environ | {_IN_NAMESPACE: "1"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reliability")
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    parser.add_argument("seed", type=int, nargs="?", default=SEED)
    parser.add_argument(
        "--only", type=int, nargs="+", help="the first and the last round to play; their numbers are in the report"
    )
    parser.add_argument("--findings", type=Path, help="file to add findings to; rounds in it are not played again")
    parser.add_argument("--write", action="store_true", help="keep the report, and its table in docs/reliability.md")
    given = parser.parse_args()
    _have_disks_of_its_own()
    first, last = (given.only[0], given.only[-1]) if given.only else (0, None)
    report = asyncio.run(run(given.rounds, given.seed, first, last, given.findings))
    content = msgspec.json.format(msgspec.json.encode(report))
    print(content.decode())
    if given.write:
        REPORT.write_bytes(content + b"\n")
        write_table(report)
    idle = [fault for fault, of_it in report["of_each_fault"].items() if not of_it["effects"]]
    if idle and not given.only:
        print(f"without effect: {', '.join(idle)}", file=sys.stderr)
    sys.exit(report["rounds_with_something_wrong"] > 0 or (not given.only and bool(idle)))


if __name__ == "__main__":
    main()
