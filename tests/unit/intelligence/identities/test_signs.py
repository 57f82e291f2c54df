import uuid

from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.identities.claim import Claim, Previous
from gooddata.intelligence.identities.limits import SLOT_MS
from gooddata.intelligence.identities.signs import links, memberships, refusals, slot_of
from gooddata.intelligence.sessions.rule import GAP_MS
from tests.unit.intelligence.given import START, VISITOR, a_fact

USER, OTHER, GROUP = (UUID(uuid.UUID(int=number).bytes) for number in (1, 2, 3))


def test_a_slot_is_no_longer_than_the_gap_between_sessions():
    assert SLOT_MS <= GAP_MS, "so that each session's first sign of a user is kept"


def test_a_slot_is_a_half_hour_cut_where_the_link_was_undone():
    at = START + 20_000
    assert slot_of(at) == slot_of(START) == START
    assert slot_of(at, [START - 1]) == START
    assert slot_of(at, [START + 5, START + 9, START + 30_000]) == START + 9
    assert slot_of(START + 9, [START + 9]) == START, "the moment of the undoing is undone with what was before"


def linking(at, **fields):
    return a_fact(at, claim=Claim(visitor=VISITOR, user=USER), **fields)


def test_of_many_signs_in_a_slot_the_earliest_is_kept():
    facts = [linking(START + 2), linking(START + 1), linking(START + SLOT_MS), linking(START + 1_000)]
    kept = links(facts, {})
    assert [(key[-1], sign[:2]) for key, sign in kept.items()] == [
        (START, (START + 1, facts[1].event_id)),
        (START + SLOT_MS, (START + SLOT_MS, facts[2].event_id)),
    ]


def test_an_alias_is_a_sign_of_its_own():
    claim = Claim(visitor=VISITOR, user=USER, previous=Previous(OTHER, GROUP))
    kept = links([a_fact(START, "alias", claim=claim)], {})
    assert {(key[1], key[3], sign[3]) for key, sign in kept.items()} == {(VISITOR, False, None), (OTHER, True, GROUP)}


def test_a_membership_begins_with_its_earliest_sign():
    claim = Claim(group=GROUP, member=USER, member_is="user")
    kept = memberships([a_fact(START + 5, claim=claim), a_fact(START, claim=claim), a_fact(START + 9, claim=claim)])
    assert [(key, sign[0]) for key, sign in kept.items()] == [(("shop", GROUP, USER), START)]


def test_every_refused_id_is_counted():
    facts = [a_fact(claim=Claim(refused=(("user", "null"),))) for _ in range(3)] + [a_fact()]
    assert refusals(facts) == [("shop", "user", "null", 3)]
