"""The measurement of sustained load, in short: nothing that was acknowledged is lost, in the burst either, and what is
refused is refused in the documented ways."""

import numpy as np
import pytest

from bench.load.counted import expected, wrong_in
from bench.load.mixed import MIX, templates
from bench.sustained import Lengths, measure, recovered_after
from gooddata.ingestion import limits

LENGTHS = Lengths(steady=2, flood=1, warm_up=0.5, burst=2, before=1, after=3)
DESCRIPTORS = 2 * limits.KEPT_DESCRIPTORS
SIZES = len(MIX)


def test_load_burst_and_recovery_lose_nothing_and_connections_leave_descriptors_for_the_rest():
    measured = measure(LENGTHS, 150, 7, DESCRIPTORS, 2 * limits.KEPT_DESCRIPTORS)
    assert measured["counted"]["wrong"] == []
    assert measured["held"]["nothing_lost_nothing_twice"]
    capacity, steady, burst = (measured[name] for name in ("capacity", "steady", "burst"))
    assert capacity["acknowledged_events_per_second"] > capacity["end_to_end_events_per_second"] > 0
    assert steady["statuses"].keys() == {"200"} and steady["unanswered"] == 0
    # A busy machine may not get to send them all.
    assert steady["requests"] == steady["statuses"]["200"] + steady["never_sent"]
    assert steady["never_sent"] < 0.1 * steady["requests"]
    assert {"api", "worker", "postgres"} <= steady["memory"].keys()
    assert burst["during"]["statuses"].keys() <= {"200", "429", "503"}
    refused = burst["connections_turned_away"] + burst["connections_broken_with_a_request"]
    assert refused >= limits.KEPT_DESCRIPTORS
    assert burst["after"]["by_second"][-1]["statuses"].keys() == {"200"}
    ledger, counted = measured["counted"]["ledger"], measured["counted"]
    assert ledger["stored"] == counted["in_the_event_log"] == counted["in_analytics"]
    assert counted["acknowledged_events"] <= ledger["stored"]
    assert ledger["duplicate"] > 0 and ledger["rejected"] > 0 and counted["requests_sent_twice"] > 0


@pytest.fixture(scope="module")
def made():
    return templates("127.0.0.1:8000", "gw_" + "k" * 32)


def columns(*requests):
    number, template, status = zip(*requests, strict=True)
    return np.array(number, np.uint32), np.array(template, np.uint16), np.array(status, np.uint16)


def test_count_knows_what_is_missing_what_is_there_twice_and_what_nobody_acknowledged(made):
    five = len(made) // SIZES  # its last event comes twice
    one = 0
    wanted = expected(*columns((0, one, 200), (1, five, 200), (1, five, 503), (2, one, 503), (3, one, 0)), made)
    assert (len(wanted.acknowledged), len(wanted.perhaps)) == (1 + 4, 1)
    assert (wanted.good, wanted.bad, wanted.perhaps_good) == (1 + 5, 0, 1)
    assert not wrong_in("log", wanted.acknowledged, wanted)
    assert not wrong_in("log", np.concatenate([wanted.acknowledged, wanted.perhaps]), wanted)
    assert wrong_in("log", wanted.acknowledged[1:], wanted) == ["log: 1 acknowledged events are missing"]
    twice = np.concatenate([wanted.acknowledged, wanted.acknowledged[:2]])
    assert wrong_in("log", twice, wanted) == ["log: 2 events are there twice"]
    strange = np.append(wanted.acknowledged, np.uint64(2 << 16))
    assert wrong_in("log", strange, wanted) == ["log: 1 events are there that were refused, or never sent"]


def test_it_has_recovered_with_the_first_of_three_good_seconds():
    good = {"acknowledged": {"p99_ms": 20.0}, "refused": {}, "never_sent": 0, "unanswered": 0}
    late = good | {"acknowledged": {"p99_ms": 51.0}}
    refusing = good | {"refused": {"p99_ms": 1.0}}
    assert recovered_after([late, refusing, good, good, late, good, good, good, late]) == 5
    assert recovered_after([good] * 4) == 0
    assert recovered_after([late, good, refusing]) is None
