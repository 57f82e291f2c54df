import ipaddress
import json

import pytest

from gooddata.errors import InputError
from gooddata.ingestion.rules.exclusions import Exclusions, checked


def exclusions(**rules):
    return Exclusions([checked(kind, value) for kind, value in rules.items()])


def matches(rules, **event):
    return rules.match_event(json.dumps(event).encode())


@pytest.mark.parametrize(
    ("rule", "address", "own"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.77/24", "203.0.113.200", True),
        ("2001:db8::/32", "2001:db8:1::5", True),
        ("2001:db8::/32", "203.0.113.7", False),
    ],
)
def test_a_request_is_known_by_its_address(rule, address, own):
    rules = exclusions(ip=rule)
    assert rules.match_sender(ipaddress.ip_address(address), None) is own
    assert not rules.match_sender(None, None)
    assert rules.of_senders
    assert not rules.of_events


def test_a_user_agent_is_known_by_a_part_of_it_in_any_case_wherever_it_stands():
    rules = exclusions(user_agent="Checkly")
    assert rules.match_sender(None, "Mozilla/5.0 checkly/1.0")
    assert not rules.match_sender(None, "Mozilla/5.0")
    assert matches(rules, context={"userAgent": "CHECKLY"})
    assert rules.match_context(b'{"userAgent":"x Checkly"}')
    assert not rules.match_context(b'{"userAgent":5}')


@pytest.mark.parametrize(
    ("rule", "event", "own"),
    [
        ({"user": "u1"}, {"user": "u1"}, True),
        ({"user": "u1"}, {"userId": "u1"}, True),
        ({"user": "u1"}, {"userId": "u12"}, False),
        ({"property": "environment = staging"}, {"properties": {"environment": "staging"}}, True),
        ({"property": "environment=staging"}, {"properties": {"environment": "production"}}, False),
        ({"property": "internal=true"}, {"properties": {"internal": True}}, True),
        ({"property": "internal=true"}, {"properties": {"internal": {"true": 1}}}, False),
        ({"property": "build=12"}, {"properties": {"build": 12}}, True),
        ({"trait": "employee=true"}, {"traits": {"employee": True}}, True),
        ({"trait": "employee=true"}, {"context": {"traits": {"employee": "true"}}}, True),
        ({"trait": "employee=true"}, {"properties": {"employee": True}}, False),
        ({"email_domain": "@Example.com"}, {"traits": {"email": "ann@EXAMPLE.com"}}, True),
        ({"email_domain": "example.com"}, {"userId": "ann@example.com"}, True),
        ({"email_domain": "example.com"}, {"context": {"traits": {"email": "ann@example.com"}}}, True),
        ({"email_domain": "example.com"}, {"traits": {"email": "ann@notexample.com"}}, False),
        ({"email_domain": "example.com"}, {"traits": {"email": "example.com"}}, False),
        ({"email_domain": "example.com"}, {"traits": ["email"], "context": None, "properties": "x"}, False),
    ],
)
def test_an_event_is_known_by_whom_it_is_about(rule, event, own):
    rules = exclusions(**rule)
    assert matches(rules, type="track", name="A", **event) is own
    assert not rules.of_senders


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ip", "home"),
        ("ip", "203.0.113.7/99"),
        ("property", "internal"),
        ("trait", "=x"),
        ("user", " "),
        ("user", "u" * 513),
    ],
)
def test_an_exclusion_that_could_match_nothing_or_everything_is_refused(kind, value):
    with pytest.raises(InputError):
        checked(kind, value)
