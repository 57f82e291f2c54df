"""What events of clicks, forms and exposures say of themselves: as the engine writes it, and nothing else."""

import json
from pathlib import Path

import msgspec
import pytest

from gooddata.intelligence.facts.elements import clean_element, clean_role
from gooddata.intelligence.facts.extract import Extractor
from gooddata.intelligence.facts.goals import Goals
from gooddata.intelligence.facts.own import FIELDS_TOLD, OWN
from gooddata.intelligence.facts.properties import add_properties
from gooddata.intelligence.facts.wire import Sent, decode_groups
from gooddata.persistence.pseudonym import Pseudonyms

ENGINE = Path(__file__).parents[4] / "engine" / "src" / "signals"


def body_of(events):
    sent = [{"id": "0190a0b0-1111-7111-8111-0123456789ab"} | event for event in events]
    return msgspec.json.encode([{"project": "shop", "received_at": 1, "times": [1] * len(sent), "events": sent}])


def own(name, **properties):
    sent = msgspec.json.decode(msgspec.json.encode({"properties": properties}), type=Sent)
    kept = OWN[name].of(sent.properties)
    return None if kept is None else json.loads(kept)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "html:0",
        "button#buy",
        "a:1",
        "form#sign-up_form>div:12>label:1>input:2",
        "my-fancy-button-2:3>span:1",
        "main:9999>h2:1",
        "svg:1>feGaussianBlur:4",
    ],
)
def test_a_path_of_the_engine_passes(path):
    assert clean_element(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        7,
        ["a:1"],
        "a",
        "#buy",
        "a:",
        "a:01",
        "a:12345",
        "a#order-17",
        "a#ada@example.org",
        "a#" + "x" * 33,
        "a:1>b#c",
        "a:1>b:2>c:3>d:4>e:5",
        "a:1 > b:2",
        "a:1>b:2\n",
        "a1234567:1",
        "a.b:1",
        "button:1>" + "x" * 200 + ":1",
        "Ä:1",
    ],
)
def test_what_the_engine_cannot_have_written_does_not(path):
    assert clean_element(path) is None


def test_an_id_that_looks_like_a_secret_is_taken_out():
    assert clean_element("a#sk_live_abcdefghijklmnop") == "a#:token"
    assert clean_element("form#QxZyPWqRtLkMnBvCxZaSdFgH>input:1") == "form#:token>input:1"


@pytest.mark.parametrize(("role", "kept"), [("button", "button"), ("ada", None), ("button link", None), (None, None)])
def test_a_role_is_one_of_aria(role, kept):
    assert clean_role(role) == kept


@pytest.mark.parametrize("name", ["$rage_click", "$dead_click"])
def test_a_click_in_vain_says_on_which_element(name):
    sent = {"tag": "button", "role": "tab", "path": "nav:1>button:2", "href": "shop.example/ada", "text": "Ada"}
    assert own(name, **sent) == {"element": "nav:1>button:2", "role": "tab"}
    assert own(name, path="", role="x") == {"element": ""}
    assert own(name, path="Ada's button") is None


def test_a_form_says_which_it_is_and_at_which_field_it_was_left():
    fields = [{"path": "input#name", "hesitation_ms": 300, "corrections": 1}, {"path": "form:1>input:2"}]
    assert own("$form_start", form="form#order") == {"form": "form#order"}
    assert own("$form_abandon", form="form:1", fields=fields) == {
        "form": "form:1",
        "fields": 2,
        "field": "form:1>input:2",
    }
    assert own("$form_submit", form="", fields=[]) == {"form": "", "fields": 0}
    assert own("$form_submit", form="Ada", fields=[{"path": "Ada"}]) == {"fields": 1}


@pytest.mark.parametrize("fields", ["x", 3, {}, None, [1], [{}], [{"path": 1}], [{"path": "a:1"}] * (FIELDS_TOLD + 1)])
def test_what_is_no_list_of_fields_is_left_out(fields):
    assert own("$form_submit", form="form:1", fields=fields) == {"form": "form:1"}


def test_what_an_owner_allows_never_takes_the_place_of_what_is_an_events_own():
    properties = {"path": "Ada", "role": "Ada", "element": "Ada", "size": "L"}
    body = body_of([{"type": "track", "name": "$dead_click", "visitor": "v", "properties": properties}])
    [fact] = Extractor(Pseudonyms(b"secret"), Goals()).facts(decode_groups(body))
    add_properties([fact], body, {"shop": frozenset({"element", "role", "size"})})
    assert fact.properties == '{"size":"L"}'


def test_an_exposure_says_of_what_it_is():
    sent = {"intervention": "offer", "variant": "shown", "item": 7, "element": "a:1"}
    assert own("$exposure_click", **sent) == {"intervention": "offer", "variant": "shown", "item": "7"}


def test_the_engine_tells_of_as_many_fields_and_elements():
    assert f"const FIELDS_TOLD = {FIELDS_TOLD};" in (ENGINE / "forms.ts").read_text()
    describe = (ENGINE / "describeElement.ts").read_text()
    assert "const PATH_LENGTH = 4;" in describe
    assert r"/^[a-z_-]{1,32}$/i" in describe
