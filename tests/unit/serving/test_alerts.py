"""Alerts without a server: what a rule means, when it speaks, how it is signed, where a webhook may go."""

import hashlib
import hmac
import itertools
import subprocess
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from gooddata.errors import ConfigurationError, InputError
from gooddata.serving.alerts import outbox
from gooddata.serving.alerts.address import NotReachable, Refused, is_public, parse, resolve
from gooddata.serving.alerts.condition import Condition, check, holds, in_words
from gooddata.serving.alerts.mail import is_address, mail_server
from gooddata.serving.alerts.message import MOST_TOLD, Change, make, subject
from gooddata.serving.alerts.rules import Rule
from gooddata.serving.alerts.rules import check as check_rule
from gooddata.serving.alerts.standing import Standing, is_news, looked, told
from gooddata.serving.alerts.webhook import post, signature, signing_key

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def condition(**fields):
    made = msgspec.convert(fields, Condition)
    check(made)
    return made


def of_sessions(**fields):
    return condition(**{"kind": "metric", "metric": "sessions", "minutes": 60, "side": "below", "value": 10} | fields)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "sessions fall below 10 in 1 hour"),
        ({"side": "above", "minutes": 1}, "sessions rise above 10 in 1 minute"),
        (
            {"compare": "week", "metric": "revenue", "value": 50, "minutes": 1440},
            "revenue falls by more than 50% in 1 day, against the same time a week before",
        ),
        (
            {"compare": "before", "side": "above", "minutes": 90},
            "sessions rise by more than 10% in 90 minutes, against the 90 minutes before",
        ),
    ],
)
def test_a_metric_is_told_in_words(asked, words):
    assert in_words(of_sessions(**asked)) == words


def test_other_conditions_are_told_in_words():
    assert in_words(condition(kind="anomaly", minutes=120, severity=0.8)) == (
        "an anomaly of any metric is found, of severity 0.8 or more, within 2 hours"
    )
    assert in_words(condition(kind="health", measure="silence", minutes=5)) == "no event comes for 5 minutes"
    assert "5 seconds behind" in in_words(condition(kind="health", measure="lag", value=5))
    assert "more than 2%" in in_words(condition(kind="health", measure="rejected", value=2))


def test_what_is_observed_is_on_one_side_or_the_other():
    assert holds(of_sessions(), 9) and not holds(of_sessions(), 10)
    assert holds(of_sessions(side="above"), 11) and not holds(of_sessions(side="above"), 10)
    fell = of_sessions(compare="week", value=50)
    assert holds(fell, -51) and not holds(fell, -50) and not holds(fell, 60)
    rose = of_sessions(compare="before", value=50, side="above")
    assert holds(rose, 51) and not holds(rose, 50) and not holds(rose, -60)
    silence = condition(kind="health", measure="silence", minutes=5)
    assert holds(silence, 0) and not holds(silence, 1)
    assert holds(condition(kind="anomaly", minutes=5, severity=0.7), 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minutes": 0}, "condition.minutes"),
        ({"minutes": 10_081}, "condition.minutes"),
        ({"value": -1}, "condition.value"),
        ({"value": 0}, "condition.value"),
        ({"value": 1e13}, "condition.value"),
        ({"value": float("nan")}, "condition.value"),
        ({"compare": "week", "value": 100}, "condition.value"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(fields, field):
    with pytest.raises(InputError) as refusal:
        of_sessions(**fields)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"looks": 0}, "looks"),
        ({"looks": 61}, "looks"),
        ({"quiet_minutes": 0}, "quiet_minutes"),
        ({"quiet_minutes": 1441}, "quiet_minutes"),
        ({"destinations": [uuid.uuid4() for _ in range(6)]}, "destinations"),
        ({"destinations": [uuid.UUID(int=1)] * 2}, "destinations"),
    ],
)
def test_a_rule_past_a_limit_is_refused(fields, field):
    with pytest.raises(InputError) as refusal:
        check_rule(Rule(**{"name": "x", "condition": of_sessions()} | fields))
    assert refusal.value.field == field
    check_rule(Rule("x" * 100, of_sessions(), looks=60, quiet_minutes=1440))


def walk(looks, quiet, said):
    """Which of the looks, a minute apart, make news; `said` is what each of them sees."""
    standing, news = Standing(False, NOON), []
    for number, now in enumerate(said):
        at = NOON + number * MINUTE
        standing = looked(standing, now, looks, at)
        if is_news(standing, quiet * MINUTE, at):
            standing = told(standing, at)
            news.append((number, standing.firing))
    return news


def test_a_rule_says_once_that_it_fires_and_once_that_it_is_over():
    assert walk(2, 1, [False, True, True, True, True, False, False, False]) == [(2, True), (6, False)]


def test_what_does_not_hold_long_enough_is_not_said():
    assert walk(3, 1, [True, True, False, True, True, False] * 5) == []
    assert walk(1, 1, [None, None]) == []
    assert walk(2, 1, [True, None, True]) == [(2, True)], "what cannot be seen counts neither way"


def test_flapping_says_no_more_than_one_thing_in_the_quiet_time():
    news = walk(1, 10, [True, False] * 30)
    assert len(news) <= 6
    assert all(later - sooner >= 10 for (sooner, _), (later, _) in itertools.pairwise(news))


def test_what_came_back_in_the_quiet_time_is_not_said_twice():
    assert walk(1, 10, [True, False, True] + [True] * 20) == [(0, True)]
    assert walk(1, 10, [True, False] + [False] * 20) == [(0, True), (10, False)], "it is said when it may be"


def test_the_wait_doubles_and_has_chance_in_it():
    for attempts in range(1, outbox.MOST_ATTEMPTS):
        waits = {outbox.wait_after(attempts) for _ in range(50)}
        assert len(waits) > 1
        assert all(5 * 2 ** (attempts - 1) <= wait <= 10 * 2 ** (attempts - 1) for wait in waits)
    assert sum(10 * 2 ** (each - 1) for each in range(1, outbox.MOST_ATTEMPTS)) == 85 * 60 + 10


def test_a_signature_is_checked_by_openssl():
    body = '{"text":"Müll"}'.encode()
    made = signature("gs_key", 1_795_176_000, body)
    ran = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "gs_key"], input=b"1795176000." + body, capture_output=True, check=True
    )
    assert made == "t=1795176000,v1=" + ran.stdout.decode().split()[-1]


def test_each_destination_and_each_renewal_has_another_key():
    one, other = uuid.uuid4(), uuid.uuid4()
    keys = {signing_key(b"secret", one, 1), signing_key(b"secret", one, 2), signing_key(b"secret", other, 1)}
    assert len(keys | {signing_key(b"else", one, 1)}) == 4
    assert hmac.compare_digest(signing_key(b"secret", one, 1), signing_key(b"secret", one, 1))
    assert hashlib.sha256().digest_size * 2 + 3 == len(keys.pop())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]:8000/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://0/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
    ],
)
async def test_a_webhook_does_not_lead_into_the_network_of_the_server(url):
    with pytest.raises((Refused, NotReachable)):
        await resolve(parse(url), private=False)
    answer = await post(url, "key", uuid.uuid4(), b"{}", private=False)
    assert not answer.delivered and "public" in answer.text + "public" * ("not known" in answer.text)


async def test_a_public_address_may_be_reached_and_a_private_one_where_a_setting_says_so():
    assert await resolve(parse("https://1.1.1.1/hook"), private=False) == ["1.1.1.1"]
    assert await resolve(parse("http://127.0.0.1:9/hook"), private=True) == ["127.0.0.1"]
    assert is_public("2606:4700:4700::1111")
    assert is_public("64:ff9b::101:101")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://x.com/",
        "file:///etc/passwd",
        "http://",
        "https://u:p@x.com/",
        "https://x.com/" + "x" * 2000,
        "http://[::1",
        "http://0177.0.0.1/",
        "http://xn--.com/",
        "http://\0",
        "https://x.com:99999/",
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused(url):
    with pytest.raises(InputError) as refusal:
        parse(url)
    assert refusal.value.field == "target"
    assert isinstance(parse("https://x.com/y?z=1"), httpx.URL)


def test_mail_settings_are_read_or_named():
    assert mail_server(None, None) is None
    server = mail_server("smtp://ann%40x:p%2Fw@mail.example.com", "a@example.com")
    assert (server.host, server.port, server.user, server.password) == ("mail.example.com", 587, "ann@x", "p/w")
    assert mail_server("smtps://mail.example.com", "a@example.com").port == 465
    for url, sender in [
        ("mail.example.com", "a@b.c"),
        ("http://x", "a@b.c"),
        ("smtp://x", None),
        ("smtp://x", "a"),
        ("smtp://x:1:2", "a@b.c"),
    ]:
        with pytest.raises(ConfigurationError):
            mail_server(url, sender)
    assert is_address("ops+x@example.com")
    assert not any(is_address(text) for text in ["", "a", "a@", "a b@c.d", "a@b.c\nBcc: x@y.z", "a@b.c,d@e.f"])


def test_a_message_about_much_spells_out_the_first_hundred():
    changes = [Change(uuid.uuid4(), f"rule {each}", "firing", "it holds", 1.0, NOON) for each in range(MOST_TOLD + 5)]
    message = make(uuid.uuid4(), "shop", NOON, changes)
    assert (message.firing, len(message.alerts), message.left_out) == (MOST_TOLD + 5, MOST_TOLD, 5)
    assert message.text.endswith("and 5 more")
    assert subject(message) == "[GoodData] shop: 105 firing"
    one = make(uuid.uuid4(), "shop", NOON, [Change(uuid.uuid4(), "few", "resolved", "it holds", None, NOON)])
    assert subject(one) == "[GoodData] shop: 1 resolved: few"
    assert one.text == "RESOLVED at 2026-11-20 12:00 UTC: few: it holds, no longer"
