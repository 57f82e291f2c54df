import lzma
from collections import Counter

import pytest

from gooddata.automation import automation_rule
from gooddata.intelligence.facts.user_agent import read_agent
from gooddata.replay.combined import reader
from gooddata.replay.row import Malformed

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    "agent",
    [
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
        "Mozilla/5.0 (compatible; Konqueror/3.5; OpenBSD) KHTML/3.5.9 (like Gecko)",
        "Lynx/2.8.7rel.2 libwww-FM/2.14",
        "ELinks (0.4.3; NetBSD 3.0.2_PATCH sparc64; 141x19)",
        "QS304 Profile/MIDP-2.0 Configuration/CLDC-1.1",
        f"Mozilla/5.0 (Linux; Android 9; CUBOT X19) {WEBKIT} Chrome/80 Mobile Safari/537.36",
    ],
)
def test_browsers_of_all_ages_are_peoples(agent):
    assert automation_rule(agent) is None


@pytest.mark.parametrize(
    ("agent", "rule"),
    [
        (f"Mozilla/5.0 {WEBKIT} (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "crawler"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "crawler"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/120 Safari/537.36 (compatible; GoogleOther)", "crawler"),
        ("Feedly/1.0 (poller)", "feed reader"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/142.0 Safari/537.36", "headless browser"),
        (f"Mozilla/5.0 (Linux; Android 11) {WEBKIT} Chrome/120 Mobile Safari/537.36 Chrome-Lighthouse", "monitor"),
        (f"Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} BingPreview/1.0b", "preview"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "contact address"),
        ("Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)", "contact address"),
        ("Mozilla/4.0 (compatible;)", "no browser"),
        ("Mozilla/5.0 (compatible; Dataprovider.com)", "no browser"),
        ("python-requests/2.32.3", "no browser"),
        ("", "no user agent"),
    ],
)
def test_programs_are_known_by_what_they_say(agent, rule):
    assert automation_rule(agent) == rule


def test_on_a_real_log_the_rules_mark_what_reading_its_agents_marks(shared_data):
    """Read by hand, 2,944 of the 10,000 requests are programs': 2,942 of those marked, and 2 of those that are not."""
    agents = Counter()
    read = reader()
    with lzma.open(shared_data / "logs" / "apache_combined.log.xz", "rt") as log:
        for line in log:
            row = read(line.rstrip("\n"))
            if row is not None and not isinstance(row, Malformed):
                agents[row.event["context"].get("userAgent", "")] += 1
    marked = Counter({agent: count for agent, count in agents.items() if automation_rule(agent)})
    assert (agents.total(), marked.total()) == (10_000, 2_950)
    mistaken = ("Dalvik/", "Instagram ", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; http://www.tropic")
    assert sum(count for agent, count in marked.items() if agent.startswith(mistaken)) == 8
    missed = ("Thunderbird/", "Janetter/")
    assert sum(n for agent, n in agents.items() if agent not in marked and any(m in agent for m in missed)) == 2
    assert all(read_agent(agent).automated for agent in marked if agent)
