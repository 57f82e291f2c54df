"""Who is who: from identify, alias and group in the log to persons, and back again by the owner's word."""

import asyncio
import json
import os
import random
import subprocess
import sys
import uuid

import asyncpg
import httpx
import pytest

from gooddata.errors import CursorMoved, GoodDataError, InputError
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.wire import decode_groups
from gooddata.intelligence.identities import decide, limits
from gooddata.intelligence.identities.show import show_project, show_user, show_visitor
from gooddata.intelligence.identities.write import write_claims
from gooddata.intelligence.lease.leases import Leases
from gooddata.intelligence.moments import use_milliseconds
from gooddata.intelligence.results.apply import apply
from gooddata.intelligence.results.round import Reader
from gooddata.intelligence.scoring.models import Models
from gooddata.intelligence.sessions.visitor import Memory
from tests.conftest import new_project
from tests.integration.appended import append, body_of
from tests.integration.plain_identities import HALF_HOUR, expected, stored
from tests.integration.workbench import MINUTE, PSEUDONYMS, SECRET, Bench, event, now, opened, page
from tests.unit.intelligence.given import a_fact

HOUR = 60 * MINUTE
OWNER = decide.Decider("the owner", "a test")


@pytest.fixture
async def bench(databases):
    async with opened(databases) as made:
        yield made


@pytest.fixture
def people(bench):
    return decide.People(bench.project, PSEUDONYMS)


def identify(at, visitor, user, **fields):
    return event(at, visitor, None, type="identify", user=user, **fields)


def alias(at, previous, user, visitor=None):
    # By the visitor the test's log chooses the partition: without one it is the user's.
    return event(at, visitor or user, None, type="alias", user=user, previousId=previous)


async def work(bench, *events):
    """Sends events and has them applied."""
    await append(bench.raw, bench.project, events)
    running = bench.start()
    await bench.caught_up()
    await running.end()


async def person(bench, visitor, at):
    return await bench.analytics.fetchval(
        "SELECT analytics.person($1, $2, to_timestamp($3::float / 1000))",
        bench.project, PSEUDONYMS.visitor(bench.project, visitor), at,
    )  # fmt: skip


async def persons_of_sessions(bench):
    """Whose the sessions are, by their own start (epoch ms)."""
    rows = await bench.analytics.fetch(
        "SELECT (extract(epoch FROM started_at) * 1000)::bigint, analytics.person(project_id, visitor, last_at)"
        " FROM analytics.session ORDER BY started_at"
    )
    return [tuple(row) for row in rows]


def user(bench, name):
    return PSEUDONYMS.user(bench.project, name)


def visitor(bench, name):
    return PSEUDONYMS.visitor(bench.project, name)


async def test_a_visitor_that_identifies_is_that_user_from_its_first_event_on(bench):
    start = now() - 5 * HOUR
    await work(bench, page(start, "v"), identify(start + 3 * HOUR, "v", "jane"), page(start + 4 * HOUR, "v"))
    assert {who for _, who in await persons_of_sessions(bench)} == {user(bench, "jane")}
    assert await person(bench, "w", start) == visitor(bench, "w"), "who never identified is only itself"


async def test_on_a_shared_device_each_session_is_of_the_user_who_was_last_seen(bench):
    start = now() - 9 * HOUR
    await work(
        bench,
        page(start, "v"),
        identify(start + HOUR, "v", "jane"),
        page(start + 2 * HOUR, "v"),
        page(start + 3 * HOUR, "v"),
        identify(start + 3 * HOUR + MINUTE, "v", "tom"),
        page(start + 4 * HOUR, "v"),
        page(start + 5 * HOUR, "v", user="jane"),
        page(start + 6 * HOUR, "v"),
    )
    assert [who for _, who in await persons_of_sessions(bench)] == [
        user(bench, name) for name in ("jane", "jane", "jane", "tom", "tom", "jane", "jane")
    ], "the visit in which tom signs in is his as a whole, and jane's return is seen"
    spans = await bench.analytics.fetchval("SELECT count(*) FROM analytics.person_span")
    assert spans == 3
    shown = await show_project(bench.analytics, bench.project)
    assert (shown["identified_users"], shown["persons"], shown["visitors_joined"]) == (2, 2, 1)


async def test_an_alias_joins_an_anonymous_id_wherever_its_events_are(bench):
    start = now() - 3 * HOUR
    await work(bench, page(start, "browser"), alias(start + HOUR, "browser", "jane"), page(start + 2 * HOUR, "browser"))
    assert {who for _, who in await persons_of_sessions(bench)} == {user(bench, "jane")}
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.identity_proposal") == 0


@pytest.mark.parametrize("late", [False, True])
async def test_two_identified_users_are_not_merged_by_an_alias_but_by_the_owner_and_apart_again(bench, people, late):
    """Also when it comes out only after the alias that the previous id was a user's."""
    start = now() - 4 * HOUR
    first = [identify(start, "v", "jane"), identify(start, "w", "jane@example.com")]
    then = [alias(start + HOUR, "jane@example.com", "jane")]
    for events in (then, first) if late else (first, then):
        await work(bench, *events)
    apart = {"v": user(bench, "jane"), "w": user(bench, "jane@example.com")}
    assert {name: await person(bench, name, now()) for name in "vw"} == apart
    shown = await show_user(bench.analytics, people, "jane")
    assert [(row["user"], row["into_user"], row["status"]) for row in shown["proposals"]] == [
        (apart["w"], apart["v"], "proposed")
    ]

    await decide.merge(bench.analytics, people, "jane@example.com", "jane", OWNER)
    assert {await person(bench, name, now()) for name in "vw"} == {user(bench, "jane")}
    async with bench.analytics.transaction():
        await bench.analytics.execute("SET LOCAL ROLE gooddata_dashboard")
        assert await person(bench, "w", now()) == user(bench, "jane"), "as whoever reads the dashboard"
    shown = await show_user(bench.analytics, people, "jane@example.com")
    assert shown["person"] == user(bench, "jane")
    assert [row["status"] for row in shown["proposals"]] == ["merged"]
    assert [(row["merged_by"], row["reason"]) for row in shown["users"] if row["into_user"]] == [
        ("the owner", "a test")
    ]
    assert (await show_project(bench.analytics, bench.project))["visitors_per_person"] == 3, "two browsers, one server"

    await decide.unmerge(bench.analytics, people, "jane@example.com", OWNER)
    assert {name: await person(bench, name, now()) for name in "vw"} == apart
    [kept] = await bench.analytics.fetch("SELECT * FROM analytics.identity_merge")
    assert (kept["merged_by"], kept["undone_by"]) == ("the owner", "the owner")
    assert [row["status"] for row in (await show_user(bench.analytics, people, "jane"))["proposals"]] == ["undone"]
    await work(bench, alias(now() + 1, "jane@example.com", "jane"))
    assert [row["status"] for row in (await show_user(bench.analytics, people, "jane"))["proposals"]] == ["proposed"]


async def test_merges_may_be_chained_but_never_in_a_circle(bench, people):
    at = now()
    await work(bench, *(identify(at, f"v of {name}", name) for name in "abcd"))
    await decide.merge(bench.analytics, people, "a", "b", OWNER)
    await decide.merge(bench.analytics, people, "b", "c", OWNER)
    assert {await person(bench, f"v of {name}", at) for name in "abc"} == {user(bench, "c")}
    with pytest.raises(InputError, match="one person already"):
        await decide.merge(bench.analytics, people, "c", "a", OWNER)
    with pytest.raises(InputError, match="unmerge it first"):
        await decide.merge(bench.analytics, people, "a", "d", OWNER)
    with pytest.raises(InputError, match="no event has named user 'nobody here'"):
        await decide.merge(bench.analytics, people, "nobody here", "d", OWNER)
    await decide.unmerge(bench.analytics, people, "b", OWNER)
    assert await person(bench, "v of a", at) == user(bench, "b")
    with pytest.raises(InputError, match="not merged"):
        await decide.unmerge(bench.analytics, people, "b", OWNER)


async def rebuild(bench):
    """Everything that workers wrote, again from the log; what the owner decided stays."""
    await bench.analytics.execute(
        "TRUNCATE analytics.identity_link, analytics.membership, analytics.identity_refused, analytics.event,"
        " analytics.session, analytics.rollup_minute, analytics.score; UPDATE analytics.cursor SET seq = 0"
    )
    await work(bench)


async def test_an_undone_link_stays_undone_through_resends_and_rebuilds_until_a_newer_event(bench, people):
    start = now() - 2 * HOUR
    signs = [page(start - HOUR, "v"), identify(start, "v", "jane"), identify(start, "w", "jane")]
    await work(bench, *signs)
    undone_at = await decide.unlink(bench.analytics, people, "v", "jane", OWNER)
    assert await person(bench, "v", now()) == visitor(bench, "v"), "as before it identified"
    assert await person(bench, "w", now()) == user(bench, "jane"), "what else is hers stays so"
    with pytest.raises(InputError, match="nothing links"):
        await decide.unlink(bench.analytics, people, "v", "jane", OWNER)
    await work(bench, signs[1], identify(start + 3 * MINUTE, "v", "jane"))
    assert await person(bench, "v", now()) == visitor(bench, "v"), "what happened before the undoing is undone with it"
    await rebuild(bench)
    assert await person(bench, "v", now()) == visitor(bench, "v")

    again = int(undone_at.timestamp() * 1_000) + 1
    await work(bench, identify(again, "v", "jane"))
    assert await person(bench, "v", again) == user(bench, "jane"), "even within the half hour of the undoing"
    spans = await stored(bench.analytics, bench.project)
    await rebuild(bench)
    assert await stored(bench.analytics, bench.project) == spans


async def test_undoing_one_link_gives_the_visitor_to_those_that_remain_and_may_be_taken_back(bench, people):
    start = now() - 3 * HOUR
    await work(bench, page(start, "v"), identify(start + HOUR, "v", "jane"), identify(start + 2 * HOUR, "v", "tom"))
    before = await stored(bench.analytics, bench.project)
    await decide.unlink(bench.analytics, people, "v", "jane", OWNER)
    assert await person(bench, "v", start) == user(bench, "tom")
    await decide.restore_link(bench.analytics, people, "v", "jane", OWNER)
    assert await stored(bench.analytics, bench.project) == before
    [kept] = (await show_visitor(bench.analytics, people, "v"))["undone"]
    assert (kept["undone_by"], kept["reason"], kept["restored_by"]) == ("the owner", "a test", "the owner")
    with pytest.raises(InputError, match="is undone"):
        await decide.restore_link(bench.analytics, people, "v", "jane", OWNER)


async def test_a_visitor_that_too_many_users_share_joins_nobody(bench, people):
    start = now() - 2 * HOUR
    users = [f"u{number}" for number in range(limits.USERS_OF_A_VISITOR + 1)]
    await work(bench, *(identify(start + n * MINUTE, "kiosk", name) for n, name in enumerate(users[:-1])))
    assert await person(bench, "kiosk", now()) == user(bench, users[-2]), "as many as the limit are a family"
    await work(bench, identify(start + HOUR, "kiosk", users[-1]), identify(start, "own", "u1"))
    assert await person(bench, "kiosk", start) == await person(bench, "kiosk", now()) == visitor(bench, "kiosk")
    assert await person(bench, "own", start) == user(bench, "u1"), "the users keep what is theirs alone"
    assert (await show_project(bench.analytics, bench.project))["shared_visitors"] == 1
    await decide.unlink(bench.analytics, people, "kiosk", "u3", OWNER)
    assert await person(bench, "kiosk", now()) == user(bench, users[-1]), "what the owner undoes does not count"


async def test_a_user_that_too_many_visitors_share_joins_nobody(bench):
    at = now() - HOUR
    visitors = [f"v{number}" for number in range(limits.VISITORS_OF_A_USER + 1)]
    await work(bench, *(identify(at, name, "test") for name in visitors[:-1]), identify(at - 1, "v0", "jane"))
    assert await person(bench, "v1", at) == user(bench, "test")
    await work(bench, identify(at, visitors[-1], "test"))
    assert await person(bench, "v1", at) == visitor(bench, "v1")
    assert await person(bench, "v0", at) == visitor(bench, "v0"), "from then on it is not jane's either"
    assert await person(bench, "v0", at - 1) == user(bench, "jane")
    shown = await show_project(bench.analytics, bench.project)
    assert (shown["shared_users"], shown["identified_users"], shown["persons"]) == (1, 2, 1)


async def test_ids_that_name_nobody_link_nothing_and_are_counted_once(bench):
    at = now()
    await work(
        bench,
        *(identify(at, f"v{number}", "null") for number in range(3)),
        identify(at, "undefined", "jane"),
        alias(at, "guest", "jane"),
        event(at, "v", None, type="group", user="jane", groupId="[object Object]"),
    )
    spans = await bench.analytics.fetch("SELECT visitor FROM analytics.person_span")
    assert {row["visitor"] for row in spans} == {visitor(bench, "jane"), visitor(bench, "v")}
    assert (await show_project(bench.analytics, bench.project))["refused"] == [
        {"field": "user", "value": "null", "events": 3},
        {"field": "group", "value": "object object", "events": 1},
        {"field": "previous", "value": "guest", "events": 1},
        {"field": "visitor", "value": "undefined", "events": 1},
    ]


async def test_a_group_has_its_members_since_they_were_first_named(bench, people):
    at = now() - HOUR
    await work(bench, event(at, "v", None, type="group", user="jane", groupId="acme", traits={"plan": "team"}))
    await work(bench, event(at - 1, "v", None, type="group", user="jane", groupId="acme"))
    [group] = (await show_user(bench.analytics, people, "jane"))["groups"]
    assert group["group"] == PSEUDONYMS.group(bench.project, "acme")
    assert int(group["since"].timestamp() * 1_000) == at - 1
    assert await bench.analytics.fetchval("SELECT sum(sessions) FROM analytics.rollup_minute WHERE dimension = ''") == 1


async def test_workers_on_different_partitions_write_one_user_at_once(bench):
    """Its visitors, aliases of them, and what is late, in random order, through workers that come and go."""
    rng = random.Random(11)
    start = now() - 20 * HOUR
    events = []
    for _ in range(1_500):
        at = start + rng.randrange(19 * 60) * MINUTE
        name = f"v{rng.randrange(40)}"
        who = rng.choice(["jane", "jane", "jane", "tom", "null"])
        kind = rng.random()
        if kind < 0.5:
            events.append(identify(at, name, who))
        elif kind < 0.8:
            events.append(alias(at, name, who, rng.choice([None, "v1", "v2"])))
        else:
            events.append(event(at, name, None, type="group", user=who, groupId=rng.choice(["acme", "null"])))
    running = [bench.start() for _ in range(3)]
    rest = list(events)
    while rest:
        some = rng.randrange(1, 50)
        await append(bench.raw, bench.project, rest[:some])
        rest = rest[some:]
        if rng.random() < 0.15:
            await running.pop(rng.randrange(3)).end()
            running.append(bench.start())
    await bench.caught_up()
    assert await stored(bench.analytics, bench.project) == expected(bench.project, events)
    refused = await bench.analytics.fetchval("SELECT sum(events) FROM analytics.identity_refused")
    nulls = sum(e.get(field) == "null" for e in events for field in ("user", "visitor", "groupId"))
    assert refused == nulls, "counts add up exactly once"
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.unreadable") == 0


async def test_two_workers_that_put_the_same_sign_wait_for_each_other_and_the_earlier_stays(bench):
    """Both transactions are open at once; whichever commits last, the earliest sign is kept."""
    for order in (0, 1):
        connections = [await asyncpg.connect(bench.databases.analytics_dsn) for _ in range(2)]
        project = f"{bench.project}-{order}"
        signs = []
        for place, connection in enumerate(connections):
            await use_milliseconds(connection)
            [fact] = facts_of(project, alias(HALF_HOUR + place, "v", "jane", f"sender {place}"))
            signs.append(fact)
        first, second = (0, 1) if order == 0 else (1, 0)
        transaction = connections[first].transaction()
        await transaction.start()
        await write_claims(connections[first], [signs[first]])

        async def other(place=second, connections=connections, signs=signs):
            async with connections[place].transaction():
                await write_claims(connections[place], [signs[place]])

        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.2)
        assert not waiting.done(), "the second waits for the first"
        await transaction.commit()
        await waiting
        kept = await bench.analytics.fetchval(
            "SELECT event_id FROM analytics.identity_link WHERE alias AND project_id = $1", project
        )
        assert kept == signs[0].event_id
        for connection in connections:
            connection.terminate()


def facts_of(project, *events):
    return Extractor(PSEUDONYMS, Goals()).facts(decode_groups(body_of(events, project)))


async def test_an_owner_decides_between_rounds_never_within_one(bench, people):
    await work(bench, identify(now(), "v", "jane"))
    writer = await asyncpg.connect(bench.databases.analytics_dsn)
    await use_milliseconds(writer)
    transaction = writer.transaction()
    await transaction.start()
    await write_claims(writer, facts_of(bench.project, identify(now(), "w", "jane")))
    deciding = asyncio.create_task(decide.unlink(bench.analytics, people, "v", "jane", OWNER))
    await asyncio.sleep(0.2)
    assert not deciding.done()
    await transaction.commit()
    assert await deciding


async def test_an_owner_is_told_when_a_worker_does_not_come_to_an_end(bench, people, monkeypatch):
    await work(bench, identify(now(), "v", "jane"))
    writer = await asyncpg.connect(bench.databases.analytics_dsn)
    await use_milliseconds(writer)
    await writer.execute("BEGIN")
    await write_claims(writer, facts_of(bench.project, identify(now(), "w", "jane")))
    monkeypatch.setattr(decide, "LONGEST_WAIT", "100ms")
    with pytest.raises(GoodDataError, match="nothing was changed"):
        await decide.unlink(bench.analytics, people, "v", "jane", OWNER)
    await writer.execute("COMMIT")
    await decide.unlink(bench.analytics, people, "v", "jane", OWNER)
    writer.terminate()


async def test_a_round_that_is_applied_twice_claims_once(bench):
    connection = await asyncpg.connect(bench.databases.analytics_dsn)
    await use_milliseconds(connection)
    await append(bench.raw, bench.project, [identify(now(), "v", "null"), identify(now(), "v", "jane")])
    leases = await Leases.join(connection, 4, 60.0)
    goals = Goals()
    reader = Reader(bench.log, Extractor(PSEUDONYMS, goals), goals, connection, 1_000)
    reader.reset(await leases.keep())
    read = await reader.next_round()
    await apply(connection, read, Memory(10), Models())
    with pytest.raises(CursorMoved):
        await apply(connection, read, Memory(10), Models())
    assert await bench.analytics.fetchval("SELECT events FROM analytics.identity_refused") == 1
    connection.terminate()


async def test_what_an_event_that_cannot_be_applied_claims_is_left_out_with_it(bench):
    bad = identify(now(), "v", "tom") | {"type": "x\0y"}
    await work(bench, identify(now(), "v", "jane"), bad, identify(now(), "v", "null"))
    assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.unreadable") == 1
    rows = await bench.analytics.fetch('SELECT "user" FROM analytics.identity_link')
    assert [row["user"] for row in rows] == [user(bench, "jane")]
    assert await bench.analytics.fetchval("SELECT events FROM analytics.identity_refused") == 1


async def test_page_views_without_a_user_ask_the_database_nothing():
    await write_claims(None, [a_fact(type="page") for _ in range(3)])


def gooddata(bench, data, *arguments):
    environment = os.environ | {
        "GOODDATA_RAW_DSN": bench.databases.raw_dsn,
        "GOODDATA_ANALYTICS_DSN": bench.databases.analytics_dsn,
        "GOODDATA_DATA": str(data),
        "GOODDATA_SECRET": SECRET,
    }
    return subprocess.run(
        [sys.executable, "-m", "gooddata", "identity", *arguments], env=environment, capture_output=True, text=True
    )


async def test_the_owner_shows_undoes_and_merges_on_the_command_line(bench: Bench, tmp_path):
    start = now() - HOUR
    v, w = str(uuid.uuid4()), str(uuid.uuid4())
    await work(
        bench, page(start, v), identify(start, v, "jane"), identify(start, w, "jane2"), alias(start, "jane2", "jane")
    )

    def told(*arguments):
        ended = gooddata(bench, tmp_path, *arguments, "--project", bench.project)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def answered(*arguments):
        return json.loads(told(*arguments, "--json"))

    figures = answered("show")
    assert (figures["identified_users"], figures["persons"], figures["merges_proposed"]) == (2, 2, 1)
    assert "visitors per person  1.50" in told("show")
    shown = answered("show", "--user", "jane")
    assert shown["person"] == str(user(bench, "jane"))
    assert {row["visitor"] for row in shown["visitors"]} == {str(visitor(bench, v)), str(visitor(bench, "jane"))}
    pseudonym = f"pseudonym:{user(bench, 'jane2')}"
    assert answered("merge", "--user", pseudonym, "--into", "jane", "--by", "ann")["person"] == shown["person"]
    assert answered("show", "--visitor", w)["person"] == shown["person"]
    assert "by ann" in told("show", "--user", "jane2")
    answered("unmerge", "--user", "jane2")
    assert answered("show", "--visitor", w)["person"] == str(user(bench, "jane2"))
    undone = answered("unlink", "--visitor", v, "--user", "jane", "--reason", "a mistake")
    assert (undone["person"], undone["undone"][0]["reason"]) == (str(visitor(bench, v)), "a mistake")
    assert answered("unlink", "--visitor", v, "--user", "jane", "--restore")["person"] == shown["person"]

    for arguments, complaint in [
        (("show", "--project", "nowhere"), "there is no project 'nowhere'"),
        (("show", "--project", bench.project, "--user", "unheard of"), "no event has named user 'unheard of'"),
        (("show", "--project", bench.project, "--user", "pseudonym:x"), "is no pseudonym"),
        (("show", "--project", bench.project, "--user", "a", "--visitor", "b"), "not both"),
        (("unlink", "--project", bench.project, "--user", "jane", "--visitor", "else"), "nothing links visitor 'else'"),
    ]:
        refused = gooddata(bench, tmp_path, *arguments)
        assert (refused.returncode, complaint in refused.stderr) == (2, True), refused.stderr


async def test_what_segments_libraries_send_over_http_reaches_the_right_place(processes, databases):
    """The bodies are those of analytics.js (both ids, an anonymous one before) and of a server's library (one id)."""
    shop = await new_project(databases)
    processes.start("work")
    server = await processes.serve()
    anonymous, another = str(uuid.uuid4()), str(uuid.uuid4())
    calls = [
        ("page", {"anonymousId": anonymous, "userId": None, "name": "Home"}),
        ("identify", {"anonymousId": anonymous, "userId": "jane", "traits": {"email": "jane@example.com"}}),
        ("group", {"anonymousId": anonymous, "userId": "jane", "groupId": "acme", "traits": {}}),
        ("page", {"anonymousId": another, "name": "Home"}),
        ("alias", {"previousId": another, "userId": "jane"}),
        ("track", {"userId": "jane@example.com", "event": "Order Completed"}),
        ("alias", {"previousId": "jane@example.com", "userId": "jane"}),
    ]
    async with httpx.AsyncClient(base_url=server.url, auth=(shop.write_key, "")) as client:
        for call, fields in calls:
            answer = await client.post(f"/v1/{call}", json={"messageId": str(uuid.uuid4())} | fields)
            assert answer.json()["accepted"] == 1

    def shown(*arguments):
        command = [
            sys.executable,
            "-m",
            "gooddata",
            "identity",
            "show",
            "--project",
            shop.project,
            "--json",
            *arguments,
        ]
        return json.loads(subprocess.run(command, env=processes.environment, capture_output=True, check=True).stdout)

    for _ in range(200):
        figures = shown()
        if figures["merges_proposed"]:
            break
        await asyncio.sleep(0.05)
    assert (figures["identified_users"], figures["persons"], figures["visitors_joined"]) == (2, 2, 4)
    assert (figures["merges_proposed"], figures["groups"], figures["refused"]) == (1, 1, [])
    jane = shown("--user", "jane")["person"]
    assert {shown("--visitor", name)["person"] for name in (anonymous, another, "jane")} == {jane}
    assert shown("--user", "jane@example.com")["person"] != jane
