import math

import msgspec
import pytest

from gooddata.event import decode_batch, derived_id
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.persistence.pseudonym import Pseudonyms
from tests.unit.intelligence.given import START

PSEUDONYMS = Pseudonyms(b"secret")
ID = "0190a0b0-1111-7111-8111-0123456789ab"


class ShopGoals(Goals):
    def of(self, project):
        return frozenset({"Order Completed", "Signed Up"})


def body(*events, context=None, ids=None):
    group = {"project": "shop", "received_at": START + 5, "times": [START] * len(events), "events": events}
    return msgspec.json.encode([group | ({"context": context} if context else {}) | ({"ids": ids} if ids else {})])


def facts(*events, **group):
    return Extractor(PSEUDONYMS, ShopGoals()).facts(decode_groups(body(*events, **group)), 3, 7)


def track(name, **fields):
    return {"id": ID, "type": "track", "name": name, "visitor": "v"} | fields


def test_a_fact_says_who_what_and_when_without_saying_who_it_is():
    [fact] = facts(track("Signed Up", user="jane"))
    assert str(fact.event_id) == ID
    assert fact.visitor == PSEUDONYMS.visitor("shop", "v")
    assert fact.user == PSEUDONYMS.user("shop", "jane")
    assert (fact.at, fact.received_at, fact.goal) == (START, START + 5, True)
    assert (fact.partition, fact.seq, fact.place) == (3, 7, 0)


WHO = [{"visitor": "v"}, {"anonymousId": "v"}, {"user": "u"}, {"userId": "u"}, {"visitor": "v", "userId": "u"},
       {"anonymousId": "v", "user": "u"}]  # fmt: skip
WHAT = [
    {"type": "track", "name": "N"},
    {"type": "track", "event": "N"},
    {"type": "page"},
    {"type": "page", "name": "N"},
    {"type": "screen", "event": "ignored"},
    {"type": "identify", "traits": {"email": "x"}},
]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("key", ["id", "messageId"])
def test_facts_and_the_shared_decoder_read_the_same_of_an_event(who, what, key):
    stored = body({key: ID} | who | what, {key: "own"} | who | what, ids=[None, derived_id("shop", "own")])
    events = list(decode_batch(stored))
    for fact, event in zip(Extractor(PSEUDONYMS, ShopGoals()).facts(decode_groups(stored)), events, strict=True):
        assert str(fact.event_id) == event.id
        assert (fact.type, fact.name, fact.at) == (event.type, event.name, event.timestamp)
        assert fact.visitor == PSEUDONYMS.visitor("shop", event.visitor)
        assert fact.user == (PSEUDONYMS.user("shop", event.user) if event.user else None)


def test_an_events_own_context_goes_before_its_requests():
    shared = {"page": {"path": "/shared"}, "simulated": True}
    own, other = facts(track("a", context={"page": {"path": "/own"}}), track("b"), context=shared)
    assert (own.path, own.simulated) == ("/own", True)
    assert (other.path, other.simulated) == ("/shared", True)


def test_a_price_counts_by_quantity_and_an_order_by_its_revenue():
    properties = {"product_id": 17, "category": "tea", "price": "2.50", "quantity": 3}
    [added] = facts(track("Product Added", properties=properties))
    assert (added.product, added.category, added.value, added.revenue) == ("17", "tea", 7.5, None)
    [order] = facts(track("Order Completed", properties={"total": 21, "currency": "EUR"}))
    assert (order.value, order.revenue) == (None, 21.0)
    [started] = facts(track("Checkout Started", properties={"revenue": 21}))
    assert started.revenue is None, "nothing was sold yet"


@pytest.mark.parametrize("odd", [None, "x", "", True, [1], {"a": 1}, 1e300, -1e300, 10**300, "nan", "inf", "1e999"])
def test_odd_properties_say_nothing_and_break_nothing(odd):
    keys = ["product_id", "category", "price", "quantity", "revenue", "total", "engaged_ms", "scroll_depth"]
    for name in ("Order Completed", "$engagement"):
        [fact] = facts(track(name, properties=dict.fromkeys(keys, odd)))
        for number in (fact.value, fact.revenue, fact.engaged_ms, fact.scroll):
            assert number is None or math.isfinite(number)


def test_traits_are_never_read():
    traits = {"email": "jane@example.org", "product_id": "p", "category": "c", "price": 1, "path": "/p"}
    for event in ({"type": "identify", "traits": traits}, {"type": "group", "properties": traits}):
        [fact] = facts({"id": ID, "visitor": "v"} | event)
        assert (fact.product, fact.category, fact.value, fact.path) == (None, None, None, None)


def test_a_vector_counts_only_when_its_version_says_what_its_numbers_mean():
    vector = [0.1] * len(FIELDS.fields)
    version = {"vector_version": FIELDS.version}
    [known] = facts(track("$click", vector=vector), context=version)
    assert known.vector == pytest.approx(vector) and known.vector_version == FIELDS.version
    [unnamed] = facts(track("$click", vector=vector))
    [newer] = facts(track("$click", vector=vector), context={"vector_version": FIELDS.version + 1})
    [shorter] = facts(track("$click", vector=vector[1:]), context=version)
    assert [unnamed.vector, newer.vector, shorter.vector] == [None, None, None]
