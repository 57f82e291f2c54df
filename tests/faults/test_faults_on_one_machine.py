"""The default installation of real processes, which are killed, paused, starved and lied to under load: nothing that
was acknowledged is lost, nothing counts twice, everything adds up, and it comes to rest by itself.

Five rounds of three faults here; `make faults` plays two hundred. GOODDATA_SEED says which.
"""

import os

import pytest

from tests.faults.harms.default import HARMS, possible, skipped
from tests.faults.installation import Installation
from tests.faults.rounds import dealt, play
from tests.faults.truth import answered, wrong

ROUNDS = 5
SEED = int(os.environ.get("GOODDATA_SEED", "1"))


def test_every_fault_is_played_in_two_hundred_rounds():
    hands = dealt(HARMS, 1, 200)
    assert {fault for hand in hands for fault in hand} == HARMS.keys()
    assert all(len(set(hand)) == 3 for hand in hands)


@pytest.fixture
async def installation(tmp_path):
    # PostgreSQL runs as an account of its own, which may enter pytest's folders no more than others may.
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    async with Installation(tmp_path) as made:
        yield made


async def test_nothing_is_lost_or_doubled_on_one_machine_and_it_comes_to_rest_by_itself(installation, capsys):
    harms = possible()
    effects, found = [], {}
    for number, faults in enumerate(dealt(harms, SEED, ROUNDS)):
        found = await play(installation, f"{SEED}.{number}", faults, harms, apart=0.4, pause=0.05)
        effects += found["faults"].values()
        with capsys.disabled():
            print(f"\nseed {SEED}.{number}: {found}", end="")
        assert found["wrong"] == []
        assert found["acknowledged"] == found["sent"] > 0
    with capsys.disabled():
        print(f"\n{ROUNDS} rounds, {len(effects)} faults, {sum(map(bool, effects))} with effect; left out: {skipped()}")
    # One fault may leave another nothing to do: a database that is away has no deadlocks.
    assert sum(map(bool, effects)) > len(effects) / 2
    await _what_is_wrong_is_told(installation, found)


async def _what_is_wrong_is_told(installation, found):
    """What was right a moment ago is made wrong by hand."""
    shop, load = installation.shop, installation.load
    load.acknowledged.add("an event that was never stored")
    load.strange["500"] += 1
    raw, analytics = await installation.connect("raw"), await installation.connect("analytics")
    await raw.execute("UPDATE raw.ledger SET events = events + 1 WHERE project_id = $1", shop.project)
    await raw.execute("UPDATE raw.partition SET head = head + 1 WHERE partition = 0")
    for table, change in (
        ("event", "DELETE FROM analytics.event"),
        ("session", "UPDATE analytics.session SET events = events + 1"),
        ("rollup_minute", "UPDATE analytics.rollup_minute SET revenue = revenue + 1"),
    ):
        assert await analytics.execute(f"{change} WHERE project_id = $1", shop.project) != "DELETE 0", table
    raw.terminate()
    analytics.terminate()
    told = " ".join((await wrong(installation, shop, load))["wrong"])
    for sign in ("are lost", "events are applied", "sessions are stored", "counts are not", "the ledger has", "500"):
        assert sign in told
    assert "positions of batches are left out" in told
    assert await answered(installation.urls[0], shop, found, patience=0.5)
