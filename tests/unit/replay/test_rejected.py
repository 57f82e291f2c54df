import json
from datetime import UTC, datetime

import pytest

from gooddata.persistence.rejections import KeptRejection
from gooddata.replay.rejected import prepared

RECEIVED = datetime(2026, 5, 17, 10, tzinfo=UTC)


def kept(body, context=None):
    return KeptRejection(1, "p", RECEIVED, "e", None, "too_old", None, body, context)


@pytest.mark.parametrize(
    ("body", "context", "sent"),
    [
        (b'{"id":"e","timestamp":5}', None, {"id": "e", "timestamp": 5}),
        (b'{"id":"e"}', None, {"id": "e", "timestamp": 1_779_012_000_000}),
        (b'{"timestamp":null}', None, {"timestamp": 1_779_012_000_000}),
        (b'{"timestamp":5,"context":{"a":1}}', b'{"a":2,"b":3}', {"timestamp": 5, "context": {"a": 1, "b": 3}}),
        (b'{"timestamp":5,"context":null}', b'{"b":3}', {"timestamp": 5, "context": {"b": 3}}),
        (b'{"timestamp":5,"context":[1]}', b'{"b":3}', {"timestamp": 5, "context": [1]}),
        (b'{"timestamp":5}', b'{"b":3', {"timestamp": 5}),
        (b"[1]", b'{"b":3}', [1]),
    ],
)
def test_an_event_goes_as_it_came_with_what_its_request_shared(body, context, sent):
    assert json.loads(prepared(kept(body, context))) == sent


@pytest.mark.parametrize(("body", "whole"), [(b'{"a":1}', True), (b"5", True), (b'{"a":"x', False), (b"", False)])
def test_what_was_cut_is_not_whole(body, whole):
    assert kept(body).is_whole() is whole
