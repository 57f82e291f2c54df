from pathlib import Path

import pytest

from gooddata.ingestion.dialects import posthog, segment
from gooddata.ingestion.dialects.endpoint import route_of
from gooddata.ingestion.dialects.route import Request
from gooddata.ingestion.endpoint import PATHS

DOCUMENTED = (Path(__file__).parents[4] / "docs" / "sdks.md").read_text()


@pytest.mark.parametrize("path", posthog.ROUTES)
def test_every_path_is_documented_and_answered_with_and_without_a_slash(path):
    assert f"`{path}`" in DOCUMENTED or f"POST {path}`" in DOCUMENTED
    assert route_of(path) is route_of(path + "/") is posthog.ROUTES[path]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/array/gw_1/config", posthog.route_of("/array/gw_1/config")),
        ("/array/gw_1/config.js", posthog.route_of("/array/gw_1/config")),
        ("/v1/projects/gw_1/settings", segment.SETTINGS),
        ("/array//config", None),
        ("/array/a/b/config", None),
        ("/v1/projects/gw_1", None),
        ("/api/overview", None),
        ("/eternity", None),
        ("/", None),
        ("", None),
    ],
)
def test_other_paths_are_left_to_others(path, route):
    assert route_of(path) is route


def test_no_dialect_takes_a_path_of_gooddatas_own():
    assert [path for path in PATHS if route_of(path)] == []


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"host": "a.example:8000"}, ("http", "a.example:8000")),
        ({"host": "inner", "x-forwarded-proto": "https", "x-forwarded-host": "a.example, b"}, ("https", "a.example")),
        ({"host": "a", "x-forwarded-proto": "javascript"}, ("http", "a")),
    ],
)
def test_the_origin_is_the_one_the_sender_used(headers, origin):
    assert Request("/x", "", headers, "http", b"", 0).origin == origin


def test_more_parameters_than_anyone_needs_are_not_read():
    assert Request("/x", "a=1&b=2&a=3", {}, "http", b"", 0).parameter("a") == "1"
    assert Request("/x", "a=1&" * 101, {}, "http", b"", 0).parameter("a") is None
