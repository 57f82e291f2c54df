"""Does a cluster lose or double anything, whatever is killed, cut or paused? Twenty rounds of faults under load, three
in each; and how long does it take until workers share the partitions anew?

    python -m bench.faults [ROUNDS] [SEED] [--ports]

Prints JSON; fails where something was wrong. `--ports` has the NATS servers on ports of this machine, with proxies
between them that are cut, although it allows network namespaces.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from gooddata.intelligence.worker import DEFAULTS
from tests.faults.cluster import NODES, PARTITIONS, SERVERS, WORKERS, Cluster
from tests.faults.harms.cluster import HARMS
from tests.faults.networks import Proxies, network_of
from tests.faults.rebalance import rebalanced
from tests.faults.rounds import dealt, play

ROUNDS, SEED = 20, 1


async def run(rounds: int, seed: int, ports: bool) -> dict[str, Any]:
    """Goes on after a round that found something: what it found is in the report."""
    network = Proxies(SERVERS) if ports else network_of(SERVERS)
    started = time.monotonic()
    played: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        async with network, Cluster(Path(place), network) as cluster:
            rebalance = await rebalanced(cluster)
            for number, faults in enumerate(dealt(HARMS, seed, rounds)):
                found = await play(cluster, f"{seed}.{number}", faults, HARMS)
                played.append(found)
                print(number, found, file=sys.stderr, flush=True)
    return {
        "bench": "faults",
        "cores": os.cpu_count(),
        "network": network.kind,
        "seed": seed,
        "nats_servers": SERVERS,
        "ingestion_nodes": NODES,
        "workers": WORKERS,
        "partitions": PARTITIONS,
        "lease_seconds": DEFAULTS.lease_seconds,
        "minutes": round((time.monotonic() - started) / 60, 1),
        "rounds": len(played),
        "rounds_with_something_wrong": sum(bool(each["wrong"]) for each in played),
        "faults": dict(Counter(fault for each in played for fault in each["faults"])),
        "acknowledged": sum(each["acknowledged"] for each in played),
        "spooled": sum(each["spooled"] for each in played),
        "most_seconds_to_rest": max((each["seconds_to_rest"] for each in played), default=None),
        "rebalance_seconds": rebalance,
        "of_each_round": played,
    }


def main() -> None:
    given = [each for each in sys.argv[1:] if each != "--ports"]
    rounds, seed = (int(each) for each in (*given, *(ROUNDS, SEED)[len(given) :]))
    report = asyncio.run(run(rounds, seed, "--ports" in sys.argv))
    print(msgspec.json.format(msgspec.json.encode(report)).decode())
    sys.exit(report["rounds_with_something_wrong"] > 0)


if __name__ == "__main__":
    main()
