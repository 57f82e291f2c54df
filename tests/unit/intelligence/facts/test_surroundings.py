import msgspec
import pytest

from gooddata.intelligence.facts.surroundings import Surroundings, surroundings
from gooddata.intelligence.facts.wire import Context, Properties


def read(context, properties=None):
    page = as_sent(properties, Properties) if properties is not None else None
    return surroundings(as_sent(context, Context), page)


def as_sent(value, kind):
    return msgspec.json.decode(msgspec.json.encode(value), type=kind)


def test_a_page_a_referrer_and_a_device():
    context = {
        "page": {"path": "/tea", "url": "https://shop.example/tea?secret=1", "referrer": "https://www.bing.com/"},
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "country": "NZ",
        "simulated": True,
        "vector_version": 1,
    }
    assert read(context) == Surroundings("/tea", "bing", None, "desktop", "Firefox", "NZ", True, False, 1)


@pytest.mark.parametrize("said", ["nz", "NZL", "New Zealand", "1 Main Street", "", 64, None, ["NZ"], {"iso": "NZ"}])
def test_a_country_is_a_code_or_nothing(said):
    assert read({"country": said}).country is None


def test_a_campaign_goes_before_the_referrer():
    context = {"page": {"referrer": "https://www.bing.com/"}, "campaign": {"source": "Newsletter", "name": "autumn"}}
    assert (read(context).source, read(context).campaign) == ("newsletter", "autumn")


def test_a_campaign_is_found_in_the_url_of_those_who_leave_it_there():
    context = {"page": {"url": "https://shop.example/?utm_source=ads&utm_campaign=tea"}}
    assert (read(context).path, read(context).source, read(context).campaign) == ("/", "ads", "tea")


def test_moving_within_the_site_is_no_source():
    context = {"page": {"url": "https://shop.example/b", "referrer": "https://shop.example/a"}}
    assert read(context).source is None


def test_a_page_calls_properties_stand_in_for_the_page():
    assert read({}, {"path": "/from-properties"}).path == "/from-properties"
    assert read({"page": {"path": "/a"}}, {"path": "/b"}).path == "/a"


@pytest.mark.parametrize("odd", [None, "x", 1, 1.5, True, [1], [{"a": []}], {"a": {}}, {}])
@pytest.mark.parametrize(
    "key", ["page", "campaign", "userAgent", "country", "simulated", "automation", "vector_version"]
)
def test_any_json_anywhere_says_nothing_and_breaks_nothing(key, odd):
    read({key: odd})
    read({"page": dict.fromkeys(["path", "url", "search", "referrer"], odd), "campaign": {"source": odd, "name": odd}})
