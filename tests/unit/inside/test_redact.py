import pytest

from gooddata.inside.redact import redacted


@pytest.mark.parametrize(
    ("text", "gone", "stays"),
    [
        ("connect postgresql://me:hunter2@db:5432/x failed", "hunter2", "postgresql://me:[secret]@db:5432/x"),
        ("nats://gooddata:p%40ss@one,two", "p%40ss", "nats://gooddata"),
        ("key gw_S8STHWGEWvM9GRKkeuI11yesO9ihWKwe is not known", "gw_S8ST", "is not known"),
        ("Authorization: Bearer abc.def.ghi", "abc.def", "Authorization: Bearer"),
        ("sent by ann.b+c@mail.example.co.uk today", "ann.b", "today"),
        ("sent by ann%40example.org today", "ann%40", "today"),
        ("GET /sign-in?token=abcdef&next=/ failed", "abcdef", "next=/"),
        ('{"password": "open sesame", "n": 1}', "sesame", '"n": 1'),
        ("password='x y' host=db", "x y", "host=db"),
        ("duplicate key\nDETAIL:  Key (email)=(Ann) already exists.\nHINT: none", "Ann", "HINT: none"),
    ],
)
def test_secrets_and_people_go_and_the_rest_stays(text, gone, stays):
    assert gone not in redacted(text)
    assert stays in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "worker round of 5,000 events applied in 3.2 ms",
        "the event log cannot be read: it does not answer",
        "/v1/batch answered 503; 12 events wait",
        "migration raw/0003_rejections differs",
        'File "/usr/lib/python3.11/asyncio/base_events.py", line 650, in run_until_complete',
    ],
)
def test_ordinary_lines_stay_as_they_are(text):
    assert redacted(text) == text
