import msgspec

from gooddata.client import Receipt, Rejection
from gooddata.replay.report import Report
from gooddata.replay.row import Malformed


def some_report() -> Report:
    report = Report()
    for at in (2_000, 1_000, 3_000, 2_500, 2_600, 2_700, 2_800):
        report.add_row(at)
    report.add_malformed(7, Malformed("no JSON"))
    report.add_receipt(Receipt(accepted=2, duplicate=1, spooled=1, dropped=1, rejected=[Rejection(0, "missing_name")]))
    report.add_refused("too_large")
    report.took(2.0)
    return report


def test_rows_are_what_was_sent_and_what_was_malformed() -> None:
    report = some_report()
    assert report.rows == 8 == report.sent + report.malformed
    stored = report.accepted + report.duplicate + report.spooled
    assert report.sent == stored + report.dropped + report.rejected.total()


def test_as_json_it_says_everything() -> None:
    assert msgspec.json.decode(msgspec.json.encode(some_report())) == {
        "rows": 8,
        "sent": 7,
        "accepted": 2,
        "duplicate": 1,
        "spooled": 1,
        "dropped": 1,
        "rejected": {"missing_name": 1, "too_large": 1},
        "malformed": 1,
        "malformed_lines": [{"line": 7, "reason": "no JSON"}],
        "first": "1970-01-01T00:00:01Z",
        "last": "1970-01-01T00:00:03Z",
        "seconds": 2.0,
        "events_per_second": 3.5,
        "stopped": None,
    }


def test_as_text_it_is_a_table() -> None:
    report = some_report()
    report.stopped = "interrupted"
    text = str(report)
    assert "line 7: no JSON" in text
    assert "1 missing_name" in text
    assert "1970-01-01 00:00:01 to 1970-01-01 00:00:03" in text
    assert text.endswith("interrupted")
    assert "none" in str(Report())


def test_it_names_only_the_first_malformed_lines() -> None:
    report = Report()
    for number in range(1, 1_000):
        report.add_malformed(number, Malformed("no JSON"))
    assert report.malformed == 999
    assert [bad.line for bad in report.malformed_lines] == list(range(1, 11))


def test_two_reports_share_nothing() -> None:
    some_report()
    assert Report().malformed_lines == [] and not Report().rejected
