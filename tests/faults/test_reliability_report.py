"""What the docs say about reliability is what the rounds have found."""

import msgspec

from bench.reliability_report import BEGIN, END, PAGE, REPORT, report_of, table
from tests.faults.harms.default import HARMS

ROUNDS = [
    {"faults": {"a": 2, "b": 0}, "acknowledged": 10, "stored": 10, "seconds_to_rest": 1.5, "wrong": []},
    {"faults": {"a": 1, "c": 1}, "acknowledged": 5, "stored": 4, "lost": 1, "seconds_to_rest": 0.5, "wrong": ["lost"]},
    {"faults": {"b": None, "c": None}, "wrong": ["it does not come to rest"]},
]


def test_a_report_counts_by_fault():
    report = {"seed": 1} | report_of(ROUNDS, {"d": "there is none here"})
    assert (report["rounds"], report["rounds_with_something_wrong"], report["acknowledged"]) == (3, 2, 15)
    of_a, of_b = report["of_each_fault"]["a"], report["of_each_fault"]["b"]
    assert (of_a["rounds"], of_a["rounds_with_effect"], of_a["effects"], of_a["lost"]) == (2, 2, 3, 1)
    assert (of_a["rounds_with_something_wrong"], of_a["most_seconds_to_rest"]) == (1, 1.5)
    assert (of_b["rounds"], of_b["rounds_with_effect"], of_b["effects"]) == (2, 0, 0)
    assert "| d: skipped, there is none here | 0 |" in table(report)


def test_the_page_has_the_table_of_the_report():
    report = msgspec.json.decode(REPORT.read_bytes())
    page = PAGE.read_text()
    assert page.split(BEGIN)[1].split(END)[0] == table(report)


def test_the_report_is_of_every_fault_and_nothing_was_wrong():
    report = msgspec.json.decode(REPORT.read_bytes())
    assert report["of_each_fault"].keys() | report["skipped"].keys() == HARMS.keys()
    assert all(found["effects"] for found in report["of_each_fault"].values())
    assert (report["rounds_with_something_wrong"], report["lost"], report["doubled"]) == (0, 0, 0)
