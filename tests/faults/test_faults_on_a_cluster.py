"""The product on a cluster of real processes, some of which are killed, cut off or paused under load: nothing that was
acknowledged is lost, nothing counts twice, and it comes to rest by itself.

One round here; `make bench-faults` plays twenty. GOODDATA_SEED says which.
"""

import os

import pytest

from tests.faults.cluster import SERVERS, Cluster
from tests.faults.harms.cluster import HARMS
from tests.faults.networks import network_of
from tests.faults.rounds import dealt, play

SEED = os.environ.get("GOODDATA_SEED", "1")
FAULTS = (
    "a worker paused for longer than its lease",
    "kill -9 of the stream's leader",
    "kill -9 of the archive",
    "a NATS server parted from the others",
    "kill -9 of an ingestion node",
)


def test_every_fault_comes_in_turn_and_none_twice_in_a_round():
    hands = dealt(HARMS, 1, 20)
    assert all(len(set(hand)) == len(hand) for hand in hands)
    of_each = [sum(fault in hand for hand in hands) for fault in {fault for hand in hands for fault in hand}]
    assert len(of_each) == 8 and max(of_each) - min(of_each) <= 1
    assert dealt(HARMS, 1, 20) == hands != dealt(HARMS, 2, 20)


@pytest.fixture
async def cluster(tmp_path):
    network = network_of(SERVERS)
    async with network, Cluster(tmp_path, network) as made:
        yield made


async def test_nothing_is_lost_or_doubled_on_a_cluster_and_it_comes_to_rest_by_itself(cluster):
    assert (await cluster.log.stream._info_if_there())["config"]["num_replicas"] == 3
    found = await play(cluster, f"{SEED}.test", FAULTS, HARMS, apart=0.6)
    print(f"seed {SEED}, on {cluster.network.kind}: {found}")
    assert found["wrong"] == []
    assert found["acknowledged"] == found["sent"] > 0
    assert found["processes_started_again"] >= 2
