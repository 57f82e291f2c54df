"""The Python client puts every question of the query API to a real server, and the notebook in docs/ runs from its
first cell to its last."""

import ast
import asyncio
import inspect
import json
import re
import time
import uuid
from pathlib import Path

import asyncpg
import pytest

from gooddata.client import ApiError, Client, rows
from gooddata.serving.api import router
from tests.conftest import new_project

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"
MINUTE, DAY = 60_000, 24 * 3_600_000
MIDNIGHT = int(time.time() * 1_000) // DAY * DAY
FIRST, SECOND = MIDNIGHT - DAY - DAY // 2, MIDNIGHT - DAY // 2  # noon of two days
SPAN = {"from_": MIDNIGHT - 2 * DAY}
# Streams and what a browser is told of who is signed in are no questions.
NOT_ASKED = {"/api/live/stream", "/api/session"}


def event(visitor, at, name=None, **properties):
    made = {"id": str(uuid.uuid4()), "visitor": visitor, "timestamp": at}
    made |= {"type": "track", "name": name} if name else {"type": "page"}
    return made | {"context": {"page": {"path": "/"}}, "properties": properties}


EVENTS = [
    event("anna", FIRST),
    event("anna", FIRST + MINUTE, "Product Viewed", category="shoes"),
    event("anna", FIRST + 2 * MINUTE, "Product Viewed", category="hats"),
    event("anna", FIRST + 3 * MINUTE, "Order Completed", revenue=40.5),
    event("ben", FIRST),
    event("ben", FIRST + MINUTE, "Product Viewed", category="shoes"),
    event("ben", SECOND),
    event("cleo", SECOND),
]


@pytest.fixture(scope="module")
async def known(shared, server):
    """A project with three visitors, one of whom ordered and one of whom came back; and the chance of each session."""
    project = await new_project(shared)
    async with Client(server.url, project.read_key) as client:
        receipt = await client.send(EVENTS, imported=True)
        assert receipt.accepted == len(EVENTS)
        for _ in range(200):
            if sum(row["events"] for row in rows(await client.events(**SPAN))) == len(EVENTS):
                break
            await asyncio.sleep(0.1)
    connection = await asyncpg.connect(shared.analytics_dsn)
    await connection.execute(
        """INSERT INTO analytics.score AS s (project_id, session_id, task, visitor, score, last_event)
           SELECT project_id, session_id, 'conversion', visitor, CASE WHEN goals > 0 THEN 0.3 ELSE 0.02 END, session_id
           FROM analytics.session WHERE project_id = $1
           ON CONFLICT (project_id, session_id, task) DO UPDATE SET score = excluded.score, reason = NULL""",
        project.project,
    )
    await connection.close()
    return project


async def test_every_question_has_a_method_and_an_answer(known, server):
    asked = set()
    async with Client(server.url, known.read_key, patience=5.0) as client:

        async def note(request):
            asked.add(request.url.path)

        client._http.event_hooks["request"].append(note)
        assert (await client.overview(**SPAN))["events"] == len(EVENTS)
        assert sum(row["events"] for row in rows(await client.timeseries(**SPAN))) == len(EVENTS)
        assert rows(await client.breakdown("page", **SPAN))[0]["pageviews"] == 4
        funnel = rows(await client.funnel("page==/", "goal==Order Completed", **SPAN))
        assert [row["visitors"] for row in funnel] == [3, 1]
        assert len(rows(await client.retention(by="day", cohorts=3))) == 3
        assert (await client.paths("page==/", **SPAN))["sessions"] == 4
        sessions = rows(await client.sessions(**SPAN))
        assert len(sessions) == 4
        assert len((await client.session(sessions[0]["session"]))["timeline"]) == 1
        assert (await client.live())["visitors"] == 0
        viewed = next(row for row in rows(await client.events(**SPAN)) if row["event"] == "Product Viewed")
        assert (viewed["events"], viewed["visitors"], viewed["sessions"]) == (3, 2, 2)
        line = await client.event_timeseries("Product Viewed", interval="day", **SPAN)
        assert sum(row["events"] for row in rows(line)) == 3
        assert [row["property"] for row in rows(await client.properties("Product Viewed", **SPAN))] == ["category"]
        values = rows(await client.property_values("Product Viewed", "category", where="category==shoes", **SPAN))
        assert [(row["value"], row["visitors"]) for row in values] == [("shoes", 2)]
        of_models = (client.models, client.anomalies, client.insights, client.segments, client.automation)
        of_acting = (client.recommendations, client.returns, client.feedback, client.feedback_items)
        for question in (*of_models, *of_acting):
            assert rows(await question()) == [], question
        assert (await client.ledger())["stored"] == len(EVENTS)
        assert (await client.behaviour(**SPAN))["clicks"]["rows"] == []
        assert rows(await client.segment_rules()) == []
        with pytest.raises(ApiError, match="no such segment"):
            await client.segment_size(str(uuid.uuid4()))
        with pytest.raises(ApiError, match="no such segment"):
            [member async for member in client.segment_members(str(uuid.uuid4()))]
        with pytest.raises(ApiError, match="no such version"):
            await client.model_card("conversion", 1)
        assert (await client.ask("/api/session"))["projects"][0]["id"] == known.project
    paths = {route.path_format for route in router().routes} - NOT_ASKED
    patterns = {path: re.sub(r"\{[^}]*\}", "[^/]+", path) for path in paths}
    assert {path for path in paths if not any(re.fullmatch(patterns[path], each) for each in asked)} == set()


def test_the_notebook_is_a_valid_one_without_outputs():
    notebook = json.loads(NOTEBOOK.read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook.keys() == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", each) for each in ids)
    for cell in notebook["cells"]:
        own = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            own |= {"execution_count", "outputs"}
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
        else:
            assert cell["cell_type"] == "markdown"
        assert cell.keys() == own and all(isinstance(line, str) for line in cell["source"])


async def test_the_notebook_runs_from_its_first_cell_to_its_last(known, server, monkeypatch, capsys):
    monkeypatch.setenv("GOODDATA_URL", server.url)
    monkeypatch.setenv("GOODDATA_READ_KEY", known.read_key)
    told = {}
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        if cell["cell_type"] == "code":
            code = compile("".join(cell["source"]), cell["id"], "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            running = eval(code, told)
            if inspect.iscoroutine(running):
                await running
    assert told["totals"].loc["events", "this week"] == len(EVENTS)
    assert told["totals"].loc["events", "the week before"] == 0
    assert told["days"]["events"].sum() == len(EVENTS) and len(told["days"]) == 8
    assert "█" in capsys.readouterr().out
    assert told["events"].loc["Product Viewed", ["events", "before", "visitors"]].tolist() == [3, 0, 2]
    assert (told["event"], told["properties"]["property"].tolist()) == ("Product Viewed", ["category"])
    assert told["values"].set_index("value")["events"].to_dict() == {"shoes": 2, "hats": 1}
    assert told["funnel"]["visitors"].tolist() == [3, 2]
    assert told["returned"][0].sum() == 3, "each visitor is new once"
    assert told["shares"].iloc[:, 1:].max(axis=None) == 0.5, "one of the two of that day came back"
    assert told["by_score"]["count"].tolist() == [3, 1] and told["by_score"]["mean"].tolist() == [0, 1]
    assert len(told["models"]) == 0
