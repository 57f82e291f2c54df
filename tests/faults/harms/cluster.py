"""What is done to the cluster, each for a while; afterwards it is as it was, as far as the product mends itself."""

import asyncio
import os
import random
import signal

from gooddata.intelligence.worker import DEFAULTS
from tests.faults.cluster import NODES, SERVERS, WORKERS, Cluster
from tests.faults.harms.harm import Harm

PAUSE_SECONDS = DEFAULTS.lease_seconds + 2.0  # for which a worker is stopped: longer than its lease


async def kill_the_leader(cluster: Cluster, chance: random.Random) -> None:
    leader = await cluster.leader()
    cluster.servers.kill(leader)
    await asyncio.sleep(chance.uniform(0.2, 4.0))
    await cluster.servers.start(leader)


async def kill_a_worker(cluster: Cluster, chance: random.Random) -> None:
    await cluster.kill(f"worker {chance.randrange(WORKERS)}")


async def kill_an_ingestion_node(cluster: Cluster, chance: random.Random) -> None:
    await cluster.kill(f"ingestion {chance.randrange(NODES)}")


async def kill_the_archive(cluster: Cluster, chance: random.Random) -> None:
    await cluster.kill("archive")


async def kill_postgres(cluster: Cluster, chance: random.Random) -> None:
    await cluster.kill_postgres(chance.uniform(0.1, 3.0))


async def unplug_a_server(cluster: Cluster, chance: random.Random) -> None:
    """Neither the other servers nor clients reach it."""
    number = chance.randrange(SERVERS)
    cluster.network.unplug(number)
    await asyncio.sleep(chance.uniform(4.0, 10.0))
    cluster.network.plug(number)


async def part_a_server(cluster: Cluster, chance: random.Random) -> None:
    """The other servers do not reach it any more; clients still do, and it knows nothing of what goes on."""
    number = chance.randrange(SERVERS)
    cluster.network.part(number)
    await asyncio.sleep(chance.uniform(4.0, 10.0))
    cluster.network.join(number)


async def pause_a_worker(cluster: Cluster, chance: random.Random) -> None:
    """For longer than its lease."""
    pid = await cluster.running(f"worker {chance.randrange(WORKERS)}")
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(PAUSE_SECONDS)
    os.kill(pid, signal.SIGCONT)


HARMS: dict[str, Harm] = {
    "kill -9 of the stream's leader": kill_the_leader,
    "kill -9 of a worker": kill_a_worker,
    "kill -9 of an ingestion node": kill_an_ingestion_node,
    "kill -9 of the archive": kill_the_archive,
    "kill -9 of PostgreSQL": kill_postgres,
    "a NATS server unplugged": unplug_a_server,
    "a NATS server parted from the others": part_a_server,
    "a worker paused for longer than its lease": pause_a_worker,
}
