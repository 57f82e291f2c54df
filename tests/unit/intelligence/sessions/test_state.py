import pytest

from gooddata.intelligence.sessions.state import DISTINCT
from tests.unit.intelligence.given import MINUTE, START, a_fact, a_session

ENGINE = [a_fact(START + 1, name="$engagement"), a_fact(START + 2, name="$scroll"), a_fact(START + 3, "identify")]


@pytest.mark.parametrize(
    ("facts", "bounce"),
    [
        ([a_fact(START, "page")], True),
        ([a_fact(START, "page"), *ENGINE], True),
        ([a_fact(START, "page"), a_fact(START + 1, name="$click")], False),
        ([a_fact(START, "page"), a_fact(START + 1, name="Signed Up")], False),
        ([a_fact(START, "page"), a_fact(START + 1, "page")], False),
        ([a_fact(START, name="Signed Up")], False),
    ],
)
def test_a_bounce_is_one_page_view_and_nothing_done(facts, bounce):
    assert a_session(facts).is_bounce() is bounce


def test_a_session_is_entered_by_its_first_page_view():
    session = a_session(
        [
            a_fact(START, name="Cart Restored", source="mail"),
            a_fact(START + 1, "page", path="/in", source="google", device="mobile"),
            a_fact(START + 2, "page", path="/next", source="bing"),
        ]
    )
    assert session.entry == ("/in", "google", None, "mobile", None, None)
    assert session.last_path == "/next"
    assert session.started_at == START


def test_there_is_a_limit_to_what_is_told_apart():
    facts = [a_fact(START + n, "page", "Product Viewed", product=str(n), path=f"/{n}") for n in range(DISTINCT + 50)]
    session = a_session(facts)
    assert (len(session.products), len(session.paths), session.product_views) == (DISTINCT, DISTINCT, DISTINCT + 50)


def test_money_adds_up_to_the_cent_in_any_order():
    facts = [a_fact(START + n, name="Order Completed", goal=True, revenue=0.1) for n in range(10)]
    assert a_session(facts).revenue == 10_000
    assert a_session([a_fact(START + MINUTE, revenue=19.99), a_fact(START, revenue=0.01)]).revenue == 200_000
