import json
from datetime import UTC, datetime

from gooddata.intelligence.scoring.score import NOTICE_BYTES, Quality, Score, notices
from tests.unit.intelligence.given import START, a_fact, a_session

NOW = datetime(2026, 11, 23, 10, 0, 0, 123_000, UTC)


def test_a_notice_says_whose_score_it_is_and_how_far_to_trust_it():
    session = a_session([a_fact(START)])
    score = Score(session, "conversion", 0.12, None, 3, "observed", Quality(0.8, 0.1, 0.02))
    [message] = notices([score], NOW)
    assert json.loads(message) == [
        {
            "project": "shop",
            "visitor": str(session.visitor),
            "session": str(session.session_id),
            "scores": {
                "conversion": {
                    "score": 0.12, "abstained": False, "reason": None, "model": 3, "trained_on": "observed",
                    "quality": {"auc": 0.8, "log_loss": 0.1, "ece": 0.02},
                }
            },
            "last_event": str(session.last_event),
            "computed_at": "2026-11-23T10:00:00.123+00:00",
        }
    ]  # fmt: skip


def test_many_scores_travel_in_as_few_notices_as_fit():
    scores = [Score(a_session([a_fact(START + n)]), "conversion", None, "no model yet: ä" * 9) for n in range(100)]
    messages = notices(scores)
    assert all(len(message.encode()) <= NOTICE_BYTES for message in messages)
    told = [each["session"] for message in messages for each in json.loads(message)]
    assert told == [str(score.session.session_id) for score in scores]
    assert len(messages) < 15
    assert notices([]) == []
