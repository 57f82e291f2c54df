import lzma

import pytest

from gooddata.intelligence.facts.user_agent import read_agent

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "device", "browser"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "desktop", "Chrome"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "desktop", "Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "desktop", "Firefox"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1"
         " Mobile/15E148 Safari/604.1", "mobile", "Safari"),
        ("Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 CriOS/142.0 Mobile/15E148",
         "tablet", "Chrome"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36", "mobile", "Chrome"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-X200) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "tablet", "Chrome"),
        (f"Mozilla/5.0 (Linux; Android 14; S23) {WEBKIT} SamsungBrowser/24.0 Chrome/117 Mobile Safari/537.36",
         "mobile", "Samsung Internet"),
        (f"Mozilla/5.0 (Linux; Android 9; CUBOT X19) {WEBKIT} Chrome/80 Mobile Safari/537.36", "mobile", "Chrome"),
        ("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", "desktop", "Internet Explorer"),
        ("Opera/9.80 (Android; Opera Mini/36.2) Presto/2.12 Version/12.16", "mobile", "Opera"),
        ("Mozilla/5.0 (X11; Linux x86_64) Konqueror", "desktop", "other"),
    ],
)  # fmt: skip
def test_browsers_are_told_apart(text, device, browser):
    agent = read_agent(text)
    assert (agent.device, agent.browser, agent.automated) == (device, browser, False)


@pytest.mark.parametrize(
    "text",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/142.0.0.0 Safari/537.36",
        "curl/8.5.0", "python-requests/2.32", "Tiny Tiny RSS/1.11 (http://tt-rss.org/)", "-",
    ],
)  # fmt: skip
def test_programs_are_known_for_what_they_say(text):
    assert read_agent(text).automated


def test_on_a_real_log_few_browsers_are_unknown(shared_data):
    with lzma.open(shared_data / "logs" / "apache_combined.log.xz", "rt") as log:
        agents = [read_agent(line.split('"')[5]) for line in log if line.count('"') >= 6]
    people = [agent for agent in agents if not agent.automated]
    assert 0.5 < len(people) / len(agents) < 0.9
    assert sum(agent.browser == "other" for agent in people) / len(people) < 0.03
