from gooddata.intelligence.sessions.rollup import DIMENSIONS, MINUTE_MS, Rollup
from tests.unit.intelligence.given import START, a_fact, a_session


def cells(rollup):
    return {(dimension, value): tuple(counts) for _, dimension, _, value, *counts in rollup.rows()}


def test_an_event_counts_for_itself_and_for_where_its_visit_came_from():
    entry = a_fact(START, "page", path="/in", source="google", campaign="autumn", device="mobile")
    entry.browser, entry.country = "Safari", "NZ"
    order = a_fact(START, name="Order Completed", path="/thanks", goal=True, revenue=9.5)
    session = a_session([entry, order])
    rollup = Rollup()
    rollup.add_facts(session.entry, [entry, order])
    rollup.add_session(session)
    both = (2, 1, 1, 0, 1, 9.5, 0)
    assert cells(rollup) == {
        ("", ""): both,
        ("source", "google"): both,
        ("campaign", "autumn"): both,
        ("device", "mobile"): both,
        ("browser", "Safari"): both,
        ("country", "NZ"): both,
        ("page", "/in"): (1, 1, 1, 0, 0, 0.0, 0),
        ("page", "/thanks"): (1, 0, 0, 0, 1, 9.5, 0),
        ("event", "page"): (1, 1, 0, 0, 0, 0.0, 0),
        ("event", "Order Completed"): (1, 0, 0, 0, 1, 9.5, 0),
        ("goal", "Order Completed"): (1, 0, 0, 0, 1, 9.5, 0),
    }
    assert {dimension for dimension, _ in cells(rollup)} == set(DIMENSIONS)


def test_what_is_not_known_has_a_name_too():
    session = a_session([fact := a_fact(START)])
    rollup = Rollup()
    rollup.add_facts(session.entry, [fact])
    assert {("source", "direct"), ("device", "unknown"), ("browser", "unknown")} < cells(rollup).keys()


def test_what_is_taken_back_leaves_nothing():
    facts = [a_fact(START, "page", path="/", revenue=0.1), a_fact(START + MINUTE_MS, engaged_ms=5, revenue=0.2)]
    session = a_session(facts)
    rollup = Rollup()
    for sign in (1, -1):
        rollup.add_facts(session.entry, facts, sign)
        rollup.add_session(session, sign)
    assert rollup.rows() == []


def test_rows_come_in_the_order_of_their_key():
    rollup = Rollup()
    for at in (5, 3, 4):
        rollup.add_facts((None,) * 6, [a_fact(START + at * MINUTE_MS, name=name) for name in "ca"])
    keys = [row[:4] for row in rollup.rows()]
    assert keys == sorted(keys)
