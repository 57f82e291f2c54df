import lzma

import pytest

from gooddata.intelligence.evaluate.retailrocket import after, read
from gooddata.intelligence.sessions.features import NAMES

HOUR = 3_600_000
ROWS = [
    (0, 1, "view", 10),
    (1_000, 1, "view", 11),
    (2_000, 1, "addtocart", 11),
    (3_000, 1, "transaction", 11),
    (500, 2, "view", 10),
    (2 * HOUR, 1, "view", 12),
]


@pytest.fixture
def sessions(tmp_path):
    file = tmp_path / "events.csv.xz"
    lines = [f"{at},{visitor},{event},{item},7" for at, visitor, event, item in ROWS]
    file.write_bytes(lzma.compress("\n".join(["timestamp,visitorid,event,itemid,categoryid", *lines]).encode()))
    return read(file)


def test_events_become_sessions_with_what_their_visitor_did_before(sessions):
    assert [(len(s.facts), s.converted, s.history.sessions) for s in sessions] == [
        (4, True, 0),
        (1, False, 0),
        (1, False, 1),
    ]
    assert sessions[2].history.converted == 1


def test_only_what_was_known_after_so_many_events_is_told(sessions):
    asked = after(2, sessions)
    assert asked.labels.tolist() == [1.0]
    row = dict(zip(NAMES, asked.matrix[0], strict=True))
    assert (row["events"], row["adds"]) == (2, 0)


def test_a_session_that_has_bought_by_then_is_not_asked_for(sessions):
    assert len(after(4, sessions).labels) == 0
