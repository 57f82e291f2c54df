import pytest

from gooddata.replay.automation import automation_rule

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 7_0_4 like Mac OS X) AppleWebKit/537.51.1 (KHTML, like Gecko) Version/7.0"


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0",
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
        "Opera/9.80 (X11; Linux x86_64) Presto/2.12.388 Version/12.16",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Lynx/2.8.7rel.2 libwww-FM/2.14 SSL-MM/1.4.1",
        IPHONE,
    ],
)
def test_people_use_browsers(agent: str) -> None:
    assert automation_rule(agent, "/") is None


@pytest.mark.parametrize(
    ("agent", "rule"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        (f"{IPHONE} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler"),
        ("Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)", "crawler"),
        ("Mozilla/5.0 (compatible; archive.org_bot +http://www.archive.org/details/archive.org_bot)", "crawler"),
        ("Tiny Tiny RSS/1.11 (http://tt-rss.org/)", "feed reader"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36", "headless browser"),
        ("Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)", "contact address"),
        ("curl/8.5.0", "no browser"),
        ("Python-urllib/2.7", "no browser"),
        ("", "no user agent"),
    ],
)
def test_programs_say_what_they_are(agent: str, rule: str) -> None:
    assert automation_rule(agent, "/") == rule


def test_where_agents_are_not_logged_only_the_path_tells() -> None:
    assert automation_rule(None, "/") is None
    assert automation_rule(None, "/robots.txt") == "robots.txt"
