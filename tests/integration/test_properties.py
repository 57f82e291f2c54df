"""Of the properties of events, analytics holds those that the owner allows, and nothing that is no scalar."""

import json

import pytest

from tests.conftest import new_project
from tests.integration.appended import append, append_body, body_of
from tests.integration.test_rebuild import held, rebuilt_since
from tests.integration.workbench import MINUTE, event, now, opened, page

HOSTILE = {
    "text": "Fine \u0000 words",
    "long": "word " * 2_000,
    "whole": 7,
    "broken": 7.25,
    "truth": False,
    "card": 4111111111111111,
    "huge": 10**400,
    "mail": "jane@example.org",
    "none": None,
    "list": [1],
    "deep": {"a": 1},
    "ünïcode 😀": "ü😀",
}
KEPT = {
    "text": "Fine  words",
    "long": ("word " * 40)[:200],
    "whole": 7,
    "broken": 7.25,
    "truth": False,
    "card": ":card",
    "mail": ":email",
    "ünïcode 😀": "ü😀",
}


async def allow(bench, project, *names):
    await bench.analytics.executemany(
        "INSERT INTO control.property (project_id, name) VALUES ($1, $2)", [(project, name) for name in names]
    )


async def kept(bench, project):
    rows = await bench.analytics.fetch(
        "SELECT name, properties FROM analytics.event WHERE project_id = $1 ORDER BY timestamp", project
    )
    return [(row["name"], row["properties"] and json.loads(row["properties"])) for row in rows]


async def test_what_is_allowed_goes_on_as_it_is_and_the_rest_does_not(databases):
    async with opened(databases) as bench:
        other = (await new_project(databases)).project
        await allow(bench, bench.project, *HOSTILE)
        many = {f"p{n}": "secret" for n in range(200)}
        at = now() - MINUTE
        await append(
            bench.raw,
            bench.project,
            [
                event(at, name="a", properties=HOSTILE),
                event(at + 1, name="b", properties=many),
                event(at + 2, name="c", properties=None),
                page(at + 3, properties={"whole": 1, "p1": "secret"}),
                event(at + 4, name=None, type="identify", traits={"text": "secret"}, properties={"text": "secret"}),
            ],
        )
        await append(bench.raw, other, [event(at, name="a", properties=HOSTILE)])
        # An event that cannot be read costs no other its properties.
        body = body_of([event(at + 7, name="f", properties={"whole": 3}), event(at + 8, name="bad")], bench.project)
        await append_body(bench.raw, 1, body.replace('"bad"', "[]"), 2)
        bench.start()
        await bench.caught_up()

        assert await kept(bench, bench.project) == [
            ("a", KEPT), ("b", None), ("c", None), (None, {"whole": 1}), (None, None),
            ("f", {"whole": 3}),
        ]  # fmt: skip
        assert await kept(bench, other) == [("a", None)]
        assert await bench.analytics.fetchval("SELECT count(*) FROM analytics.unreadable") == 1


async def test_a_rule_is_followed_within_seconds_and_by_a_rebuild_for_what_was_before(databases):
    async with opened(databases) as bench:
        at = now() - 10 * MINUTE
        await append(bench.raw, bench.project, [event(at, name="a", properties={"size": "L"})])
        bench.start()
        await bench.caught_up()
        await allow(bench, bench.project, "size")
        for _ in range(100):
            await append(bench.raw, bench.project, [event(now(), name="later", properties={"size": "M"})])
            await bench.caught_up()
            if (await kept(bench, bench.project))[-1] == ("later", {"size": "M"}):
                break
        else:
            pytest.fail(f"the worker never heard of the rule {await kept(bench, bench.project)}")
        # What is late has the stored facts of its session counted anew, which stay as they are.
        await append(bench.raw, bench.project, [event(at - MINUTE, name="late", properties={"size": "S"})])
        await bench.caught_up()
        assert (await kept(bench, bench.project))[:2] == [("late", {"size": "S"}), ("a", None)]

        await rebuilt_since(bench, at - MINUTE)

        assert (await kept(bench, bench.project))[:2] == [("late", {"size": "S"}), ("a", {"size": "L"})]
        before = await held(bench)
        await bench.analytics.execute("DELETE FROM control.property")
        await rebuilt_since(bench, at - MINUTE)
        assert {properties for _, properties in await kept(bench, bench.project)} == {None}
        assert await held(bench) == before
