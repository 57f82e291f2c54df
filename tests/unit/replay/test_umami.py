from hypothesis import given
from hypothesis import strategies as st

from gooddata.replay import umami
from gooddata.replay.row import Malformed, Row

COLUMNS = (
    "event_id,website_id,session_id,visit_id,created_at,url_path,url_query,referrer_path,referrer_domain,"
    "page_title,event_type,event_name,tag,hostname,country,browser,os,device,language"
)
PAGE = (
    "e1,w1,s1,v1,2026-11-02 08:30:00.25+00,/tea,utm_source=news&q=private,/list,www.example.org,"
    '"Tea, ""green""",1,,,shop.example,DE,firefox,Linux,desktop,de-DE'
)


def read(*lines):
    reader = umami.reader()
    return [reader(line) for line in lines]


def test_a_page_view_of_the_joined_table():
    header, row = read(COLUMNS, PAGE)
    assert header is None
    assert row == Row(
        1793608200250,
        {
            "id": "e1",
            "type": "page",
            "visitor": "s1",
            "session": "v1",
            "properties": {},
            "context": {
                "page": {
                    "path": "/tea",
                    "url": "https://shop.example/tea",
                    "title": 'Tea, "green"',
                    "referrer": "https://www.example.org/list",
                },
                "campaign": {"source": "news"},
                "country": "DE",
                "locale": "de-DE",
                "browser": {"name": "firefox"},
                "os": {"name": "Linux"},
                "device": {"type": "desktop"},
            },
        },
    )


def test_an_event_of_the_table_alone_as_mysql_writes_it():
    columns = "event_id,session_id,created_at,url_path,event_type,event_name,tag,distinct_id,referrer_domain"
    _, row = read(columns, "e2,s1,2026-11-02 08:30:00,/,2,Signed up,blue,u7,\\N")
    assert row.event == {
        "id": "e2",
        "type": "track",
        "name": "Signed up",
        "visitor": "s1",
        "user": "u7",
        "properties": {"tag": "blue"},
        "context": {"page": {"path": "/"}},
    }


def test_says_what_is_wrong_with_a_line():
    columns = "session_id,created_at,url_path,event_type"
    assert read(columns, "s1,today,/,1", ",2026-11-02,/,1", "s1,2026-11-02,/,2", "s1,2026-11-02,/,3", "s1", "") == [
        None,
        Malformed("created_at is no ISO 8601 time"),
        Malformed("no session_id"),
        Malformed("event_type 2 is no page view, and no event with a name"),
        Malformed("event_type 3 is no page view, and no event with a name"),
        Malformed("1 columns instead of 4"),
        None,
    ]
    assert read("url_path") == [Malformed("the header has no created_at, session_id")]


def test_a_cell_that_holds_lines_is_one_record_and_a_quote_that_is_never_closed_ends():
    columns = "session_id,created_at,url_path,page_title"
    *nothing, row = read(columns, 's1,2026-11-02,/,"one', "two", 'three"')
    assert nothing == [None, None, None] and row.event["context"]["page"]["title"] == "one\ntwo\nthree"
    answers = read(columns, 's1,2026-11-02,/,"one', *["x" * 1_000] * 1_100, "s1,2026-11-02,/,fine")
    assert answers.count(Malformed("a quote is opened and not closed")) == 1
    assert isinstance(answers[-1], Row)


@given(st.lists(st.text()))
def test_reads_any_text_without_failing(lines):
    for entry in read(COLUMNS, PAGE, *lines):
        assert entry is None or isinstance(entry, Row | Malformed)
