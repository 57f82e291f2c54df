import json

import pytest

from gooddata import config
from gooddata.ingestion.origin import Origin

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


class Headers(dict):
    def get_all(self, name):
        return [self[name]] if name in self else []


def context(sent, headers, **settings):
    told = Origin(config.load(settings, {})).context(sent, "203.0.113.7:1", Headers(headers))
    return told and json.loads(told)


def test_a_browser_that_does_not_say_which_is_told_by_its_header():
    assert context(None, {"user-agent": BROWSER}) == {"userAgent": BROWSER}
    assert context(b"{}", {"user-agent": BROWSER}) == {"userAgent": BROWSER}
    assert context(b' { "locale": "de"}', {"user-agent": BROWSER}) == {"locale": "de", "userAgent": BROWSER}


def test_what_the_sender_says_wins():
    said = b'{"userAgent": "mine", "country": "FR"}'
    headers = {"user-agent": BROWSER, "cf-ipcountry": "DE"}
    assert context(said, headers, country_header="CF-IPCountry") == {"userAgent": "mine", "country": "FR"}


def test_a_server_that_sends_for_others_is_not_taken_for_their_browser():
    assert context(None, {"user-agent": "analytics-python/2.3"}) is None
    assert context(None, {}) is None


@pytest.mark.parametrize(("said", "told"), [("DE", {"country": "DE"}), ("T1", None), ('"x', None)])
def test_the_country_comes_from_the_header_that_a_setting_names(said, told):
    assert context(None, {"cf-ipcountry": said}, country_header="CF-IPCountry") == told
    assert context(None, {"cf-ipcountry": said}) is None


def test_a_headless_browser_is_left_unnamed():
    assert context(None, {"user-agent": BROWSER.replace("Firefox", "HeadlessChrome")}) is None


def test_a_long_user_agent_is_cut():
    assert len(context(None, {"user-agent": "Mozilla/5.0 " + "x" * 5_000})["userAgent"]) == 512
