import pytest

from gooddata.replay.request import Request, request_event

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0"


def event(target: str | None = "/", *, method: str | None = "GET", status: int = 200, **rest: object) -> dict:
    request = Request(host="10.0.0.1", at=1, method=method, target=target, status=status, **rest)  # type: ignore[arg-type]
    return request_event(request).event


@pytest.mark.parametrize("target", ["/", "/a", "/a/", "/a.html", "/A.HTML", "/a/b.php?x=1", "/.well-known", "/v1.2/"])
def test_what_looks_like_a_page_is_a_page_view(target: str) -> None:
    assert event(target)["type"] == "page"


@pytest.mark.parametrize("target", ["/a.png", "/style.css", "/favicon.ico", "/robots.txt", "/a.tar.gz", "*x.js"])
def test_other_files_are_requests(target: str) -> None:
    assert (event(target)["type"], event(target)["name"]) == ("track", "Request")


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [("GET", 304, "page"), ("GET", 206, "page"), ("GET", 301, "track"), ("GET", 404, "track"), ("HEAD", 200, "track"),
     ("POST", 200, "track"), (None, 400, "track")],
)  # fmt: skip
def test_only_a_successful_get_shows_a_page(method: str | None, status: int, kind: str) -> None:
    assert event(method=method, status=status)["type"] == kind


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/a?b=c#d", "/a"),
        ("/a#d?b", "/a"),
        ("http://example.com/a?b", "/a"),
        ("https://example.com", "/"),
        ("//a", "//a"),
    ],
)
def test_the_path_goes_without_query_fragment_and_host(target: str, path: str) -> None:
    assert event(target)["context"]["page"]["path"] == path


def test_campaign_parameters_become_the_campaign() -> None:
    made = event("/?utm_source=news&utm_campaign=may&session=secret")
    assert made["context"]["campaign"] == {"source": "news", "name": "may"}
    assert "secret" not in str(made)


def test_the_visitor_is_host_and_agent_and_neither_can_be_seen() -> None:
    first, same, other = event("/"), event("/b", agent=None), event("/", agent=FIREFOX)
    assert first["visitor"] == same["visitor"] != other["visitor"]
    assert len(first["visitor"]) == 36
    assert "10.0.0.1" not in str(first)


def test_automation_is_marked_with_the_rule_and_kept() -> None:
    made = event("/", agent="Googlebot/2.1 (+http://www.google.com/bot.html)")
    assert made["context"]["automation"] is True
    assert made["context"]["automation_rule"] == "crawler"
    assert "automation" not in event("/", agent=FIREFOX)["context"]
