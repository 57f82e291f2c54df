from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gooddata.replay import combined
from gooddata.replay.row import Malformed, Row

START = '83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /docs/ HTTP/1.1" 200 203023'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0"
TABLE = "host\tlogname\ttime\tmethod\turl\tresponse\tbytes\treferer\tuseragent"


def read(*lines: str) -> list[Row | Malformed | None]:
    reader = combined.reader()
    return [reader(line) for line in lines]


def event(line: str) -> dict:
    [row] = read(line)
    assert isinstance(row, Row), row
    return row.event


def test_a_combined_line_is_a_page_view() -> None:
    [row] = read(f'{START} "http://semicomplete.com/" "{FIREFOX}"')
    assert isinstance(row, Row)
    assert row.at == datetime(2015, 5, 17, 10, 5, 3, tzinfo=UTC).timestamp() * 1_000
    assert row.event["type"] == "page"
    assert row.event["properties"] == {"method": "GET", "status": 200, "bytes": 203023}
    assert row.event["context"] == {
        "page": {"path": "/docs/", "referrer": "http://semicomplete.com/"},
        "userAgent": FIREFOX,
    }


def test_the_site_is_learned_from_the_pages_that_load_styles() -> None:
    style = START.replace("/docs/", "/style.css?v=2")
    before, _, after = read(
        f'{START} "http://www.example.com/" "{FIREFOX}"',
        f'{style} "http://www.example.com/docs/?q=1" "{FIREFOX}"',
        f'{START} "http://www.example.com/" "{FIREFOX}"',
    )
    assert isinstance(before, Row) and isinstance(after, Row)
    assert "url" not in before.event["context"]["page"]
    assert after.event["context"]["page"]["url"] == "http://www.example.com/docs/"


def test_one_page_elsewhere_that_borrows_a_style_does_not_change_the_site() -> None:
    style = START.replace("/docs/", "/style.css")
    own, other = (f'{style} "http://{host}/" "{FIREFOX}"' for host in ("own.example", "other.example"))
    last = read(own, own, other, START)[-1]
    assert isinstance(last, Row)
    assert last.event["context"]["page"]["url"] == "http://own.example/docs/"


def test_a_common_line_is_one_without_referrer_and_agent() -> None:
    assert event(START)["context"] == {"page": {"path": "/docs/"}}


def test_columns_that_servers_append_are_passed_over() -> None:
    assert event(f'{START} "-" "{FIREFOX}" 0.003 "upstream"') == event(f'{START} "-" "{FIREFOX}"')


def test_times_are_brought_to_utc() -> None:
    east, west = read(
        '::1 - - [01/Jan/2026:00:30:00 +0530] "GET / HTTP/1.1" 200 -',
        '::1 - - [01/Jan/2026:00:30:00 -0130] "GET / HTTP/1.1" 200 -',
    )
    assert isinstance(east, Row) and isinstance(west, Row)
    assert east.at == datetime(2025, 12, 31, 19, tzinfo=UTC).timestamp() * 1_000
    assert west.at == datetime(2026, 1, 1, 2, tzinfo=UTC).timestamp() * 1_000


def test_a_signed_in_user_is_kept() -> None:
    assert event('::1 - Frank N. [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1')["user"] == "Frank N."
    assert "user" not in event(START)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"http://a/\"q\"", 'http://a/"q"'),
        (r"http://a/\x22", 'http://a/"'),
        (r"http://a/\xc3\xa9", "http://a/é"),
        (r"http://a/\xe9", "http://a/é"),
    ],
)
def test_escapes_are_undone(written: str, meant: str) -> None:
    assert event(f'{START} "{written}" "{FIREFOX}"')["context"]["page"]["referrer"] == meant


def test_an_agent_may_be_cut_off_with_its_quote() -> None:
    assert event(f'{START} "-" "Mozilla/5.0 (compa')["context"]["userAgent"] == "Mozilla/5.0 (compa"


@pytest.mark.parametrize("request_", ["-", "", r"\x16\x03\x01", "GET /with a space HTTP/1.1"])
def test_a_request_that_the_server_could_not_read_is_still_an_event(request_: str) -> None:
    made = event(f'::1 - - [01/Jan/2026:00:00:00 +0000] "{request_}" 400 226')
    assert (made["type"], made["name"]) == ("track", "Request")
    assert made["properties"] == {"status": 400, "bytes": 226}


@pytest.mark.parametrize(
    "line",
    [
        "free text",
        START.removesuffix(" 203023"),
        f"{START} something else",
        f'{START} "no end',
        START.replace("May", "Mai"),
        START.replace("17/", "32/"),
        START.replace("+0000", "+9999"),
    ],
)
def test_other_lines_are_malformed(line: str) -> None:
    [entry] = read(line)
    assert isinstance(entry, Malformed)


def test_a_table_is_read_by_its_header() -> None:
    header, row, short = read(
        TABLE, "host.example\t-\t807256800\tGET\t/shuttle/missions/sts-69.html\t200\t1713\t\t", "host.example\t-"
    )
    assert header is None
    assert isinstance(row, Row)
    assert row.at == 807_256_800_000
    assert row.event["type"] == "page"
    assert row.event["context"] == {"page": {"path": "/shuttle/missions/sts-69.html"}}
    assert short == Malformed("2 columns instead of 9")


def test_a_table_without_agents_says_nothing_of_automation() -> None:
    _, row = read(TABLE, "host.example\t-\t807256800\tGET\t/\t200\t1713\t\t")
    assert isinstance(row, Row)
    assert "automation" not in row.event["context"]


@pytest.mark.parametrize(
    "cells", ["h\t-\tlater\tGET\t/\t200\t1\t\t", "h\t-\t1\tGET\t/\tok\t1\t\t", "\t-\t1\tGET\t/\t200\t1\t\t"]
)
def test_table_rows_without_time_host_or_response_are_malformed(cells: str) -> None:
    _, entry = read(TABLE, cells)
    assert isinstance(entry, Malformed)


@given(st.lists(st.text()))
def test_reads_any_text_without_failing(lines: list[str]) -> None:
    for entry in read(*lines):
        assert entry is None or isinstance(entry, Row | Malformed)


@given(st.text(st.characters(codec="ascii"), max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_reads_any_content_of_the_quotes_without_failing(request_: str, referrer: str, agent: str) -> None:
    for entry in read(f'::1 - - [01/Jan/2026:00:00:00 +0000] "{request_}" 200 1 "{referrer}" "{agent}"'):
        assert isinstance(entry, Row | Malformed)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31)))
def test_every_second_is_read_as_it_was_written(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    written = f"{moment:%d/%b}/{moment.year:04}:{moment:%H:%M:%S %z}"
    [row] = read(f'::1 - - [{written}] "GET / HTTP/1.1" 200 1')
    assert isinstance(row, Row)
    assert row.at == moment.timestamp() * 1_000
