"""Which scores are kept as they were told."""

import uuid

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.quality.moments import FIRST_EVENTS, is_sampled, sampled
from gooddata.intelligence.scoring.score import Score
from tests.unit.intelligence.given import a_fact, a_session


def sessions(count, events=2):
    made = []
    for _ in range(count):
        facts = [a_fact(1_000 * n) for n in range(events)]
        made.append(a_session(facts))
        made[-1].session_id = UUID(uuid.uuid4().bytes)
    return made


def test_one_session_in_sixteen_is_kept_with_all_its_tasks():
    made = sessions(2_000)
    kept = sampled([Score(each, task, 0.25, None, 7) for each in made for task in ("conversion", "leave_30s")])
    expected = [str(each.session_id) for each in made if is_sampled(each.session_id) for _ in range(2)]
    assert 80 < len(expected) / 2 < 180
    assert kept[1] == "{" + ",".join(expected) + "}"
    assert [column.strip("{}").split(",")[0] for column in kept] == [
        '"shop"',
        expected[0],
        '"conversion"',
        "2",
        "1000",
        "7",
        "0.25",
    ]


def test_nothing_is_kept_of_long_sessions_late_moments_or_of_what_was_not_said():
    [chosen] = sessions(1)
    chosen.session_id = UUID(bytes(16))
    assert sampled([Score(chosen, "conversion", 0.5, None, 1)])
    assert sampled([Score(chosen, "conversion", None, "no model")]) == []
    chosen.events = FIRST_EVENTS + 1
    assert sampled([Score(chosen, "conversion", 0.5, None, 1)]) == []
