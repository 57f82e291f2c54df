"""What one event, as sent, claims."""

import pytest

from tests.unit.intelligence.facts.test_extract import ID, PSEUDONYMS, facts


def claim(**event):
    [fact] = facts({"id": ID, "type": "identify"} | event)
    return fact.claim


def visitor(name):
    return PSEUDONYMS.visitor("shop", name)


def user(name):
    return PSEUDONYMS.user("shop", name)


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_an_event_of_any_type_that_names_both_links_them(kind):
    made = claim(type=kind, name="Buy", anonymousId="v", userId="jane", groupId="acme", previousId="p")
    assert (made.visitor, made.user, made.refused) == (visitor("v"), user("jane"), ())


def test_an_event_that_names_no_user_claims_nothing():
    assert claim(type="page", visitor="v") is None
    assert claim(type="identify", visitor="v", traits={"plan": "team"}) is None


def test_a_user_without_a_visitor_has_a_stream_of_its_own():
    made = claim(type="track", name="Buy", user="jane")
    assert (made.visitor, made.user) == (visitor("jane"), user("jane"))


@pytest.mark.parametrize("kind", ["identify", "track", "alias"])
def test_a_user_that_is_nobody_links_nothing_and_is_told(kind):
    made = claim(type=kind, name="Buy", visitor="v", user="[object Object]", previousId="p")
    assert (made.user, made.previous, made.refused) == (None, None, (("user", "object object"),))
    assert claim(type="identify", visitor="v", userId="").refused == (("user", ""),)


def test_a_visitor_that_is_nobody_links_nothing_but_its_user_is_known():
    made = claim(visitor="null", user="jane")
    assert (made.visitor, made.user, made.refused) == (visitor("jane"), user("jane"), (("visitor", "null"),))


def test_an_alias_names_what_its_previous_id_may_be():
    made = claim(type="alias", userId="jane", previousId="old")
    assert (made.previous.visitor, made.previous.user) == (visitor("old"), user("old"))


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"userId": "jane"}, ("previous", "")),
        ({"userId": "jane", "previousId": "guest"}, ("previous", "guest")),
        ({"userId": "jane", "previousId": 7}, ("previous", "not text")),
        ({"anonymousId": "v", "previousId": "old"}, ("user", "")),
    ],
)
def test_an_alias_that_names_nobody_joins_nothing_and_is_told(fields, refused):
    made = claim(type="alias", **fields)
    assert (made.previous, made.refused) == (None, (refused,))


def test_an_alias_of_an_id_to_itself_joins_nothing():
    assert claim(type="alias", userId="jane", previousId="jane").previous is None


def test_a_group_has_the_user_as_its_member_and_else_the_visitor():
    acme = PSEUDONYMS.group("shop", "acme")
    made = claim(type="group", visitor="v", user="jane", groupId="acme")
    assert (made.group, made.member, made.member_is) == (acme, user("jane"), "user")
    made = claim(type="group", visitor="v", groupId="acme")
    assert (made.group, made.member, made.member_is) == (acme, visitor("v"), "visitor")


def test_a_group_that_is_nobody_has_no_member():
    made = claim(type="group", visitor="v", user="jane", groupId="undefined")
    assert (made.group, made.refused) == (None, (("group", "undefined"),))
    assert claim(type="group", visitor="guest", groupId="acme").member is None


def test_groups_of_different_types_are_different_groups():
    made = {
        claim(type="group", visitor="v", groupId="5", groupType=kind).group for kind in ("company", "project", None)
    }
    assert len(made) == 3


def test_a_group_that_describes_itself_has_no_member():
    assert claim(type="group", visitor="$company_5", groupId="5", groupType="company") is None


def test_a_group_and_a_user_of_one_id_have_different_pseudonyms():
    assert len({PSEUDONYMS.group("shop", "x"), PSEUDONYMS.user("shop", "x"), PSEUDONYMS.visitor("shop", "x")}) == 3
