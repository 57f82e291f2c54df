"""What is left of a stored batch when somebody's events are taken out."""

import pytest

from gooddata.event import visitor_mark
from gooddata.persistence.erasure.stored import only, without

THEIRS = b'{"id":"1","visitor":"gone","properties":{"n":1.50e2}}'
OTHERS = (
    b'{"visitor" : "stays","id":"2","properties":{"n":1.50e2,"t":"\\u00fc\\/","big":123456789012345678901234567890}}'
)
ELSEWHERE = b'{"id":"3","visitor":"gone"}'
BODY = (
    b'[{"project":"shop","received_at":9,"context":{"a": 1.0},"ids":[null,"x"],"times":[5,6],"events":[%b,%b]},'
    b'{"project":"shop","received_at":9,"times":[7],"events":[%b]},'
    b'{"project":"other","received_at":9,"times":[8],"events":[%b]}]'
) % (THEIRS, OTHERS, THEIRS, ELSEWHERE)
FINGERPRINTS = b"".join(bytes([n]) * 8 for n in (1, 2, 3, 4))


def is_gone(who, at):
    return who.whose == "gone"


def test_what_stays_is_byte_for_byte_what_was_sent():
    rest = without(BODY, FINGERPRINTS, "shop", is_gone)
    assert rest.body == (
        b'[{"project":"shop","received_at":9,"context":{"a": 1.0},"ids":["x"],"times":[6],"events":[%b]},'
        b'{"project":"other","received_at":9,"times":[8],"events":[%b]}]'
    ) % (OTHERS, ELSEWHERE)
    assert (rest.events, rest.removed) == (2, 2)
    assert rest.fingerprints == FINGERPRINTS[8:16] + FINGERPRINTS[24:]
    assert rest.visitors == sorted([visitor_mark("shop", "stays"), visitor_mark("other", "gone")])


def test_only_theirs_leaves_nobody_elses_and_no_other_project():
    assert only(BODY, "shop", is_gone) == (
        b'[{"project":"shop","received_at":9,"context":{"a": 1.0},"ids":[null],"times":[5],"events":[%b]},'
        b'{"project":"shop","received_at":9,"times":[7],"events":[%b]}]'
    ) % (THEIRS, THEIRS)


@pytest.mark.parametrize("until", [4, 5, 7])
def test_only_what_happened_up_to_then_is_taken_out(until):
    rest = without(BODY, FINGERPRINTS, "shop", lambda who, at: is_gone(who, at) and at <= until)
    assert rest.removed == (until >= 5) + (until >= 7)
