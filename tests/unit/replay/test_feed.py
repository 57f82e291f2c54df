import asyncio
import gzip
import time
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from gooddata import client as client_module
from gooddata.client import Client
from gooddata.errors import InputError
from gooddata.replay import feed
from gooddata.replay.feed import replay
from gooddata.replay.progress import Progress
from gooddata.replay.report import Report
from gooddata.replay.source import Source


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """1,000 rows of 37 visitors, a second apart, and one malformed line."""
    lines = [f"{number * 1_000},{number % 37},view,{number},3\n" for number in range(1, 1_001)]
    path = tmp_path / "events.csv"
    path.write_text("".join([*lines[:500], "nonsense\n", *lines[500:]]))
    return path


async def replayed(path: Path, api: Any, format: str = "retailrocket", **options: Any) -> Report:
    with Source(str(path), format) as source:
        return await replay(source, url=api.url, key="read-key", **options)


def packed(path: Path) -> Path:
    other = path.with_name("other-name.gz")
    other.write_bytes(gzip.compress(path.read_bytes()))
    return other


def with_one_more_line(path: Path) -> Path:
    path.write_text(path.read_text() + "1,1,view,1,1\n")
    return path


async def test_every_row_is_sent_once_through_the_import_scope(csv: Path, api: Any) -> None:
    report = await replayed(csv, api, batch_size=50)
    assert (report.rows, report.sent, report.accepted, report.malformed) == (1_001, 1_000, 1_000, 1)
    assert [bad.line for bad in report.malformed_lines] == [501]
    assert report.stopped is None
    assert {event["timestamp"] for event in api.events} == {number * 1_000 for number in range(1, 1_001)}
    assert all(event["context"]["library"]["name"] == "gooddata-replay" for event in api.events)
    assert all(api.imported)


async def test_a_second_replay_is_all_duplicates_whatever_its_shift(csv: Path, api: Any) -> None:
    first = await replayed(csv, api, batch_size=50)
    second = await replayed(csv, api, batch_size=999, lanes=1, shift=86_400_000)
    third = await replayed(packed(csv), api, shift="now")
    assert (first.accepted, second.accepted, third.accepted) == (1_000, 0, 0)
    assert (second.duplicate, third.duplicate) == (1_000, 1_000)


async def test_ids_depend_on_content_and_line(csv: Path, api: Any) -> None:
    await replayed(csv, api)
    ids = {event["id"] for event in api.events}
    assert len(ids) == 1_000 and {uuid.UUID(id).version for id in ids} == {5}
    await replayed(with_one_more_line(csv), api)
    assert len(api.events) == 2_001


async def test_a_visitors_events_stay_in_order(csv: Path, api: Any) -> None:
    await replayed(csv, api, batch_size=7, lanes=4)
    seen = defaultdict(list)
    for event in api.events:
        seen[event["visitor"]].append(event["timestamp"])
    assert len(seen) == 37
    assert all(times == sorted(times) for times in seen.values())


async def test_a_shift_moves_every_event(csv: Path, api: Any) -> None:
    report = await replayed(csv, api, shift=5_000)
    assert min(event["timestamp"] for event in api.events) == 6_000
    assert report.first and report.first.timestamp() == 6.0


async def test_shifted_to_now_the_last_event_happens_now(csv: Path, api: Any) -> None:
    before = time.time() * 1_000
    await replayed(csv, api, shift="now")
    times = sorted(event["timestamp"] for event in api.events)
    assert before - 1 <= times[-1] <= time.time() * 1_000
    assert times[-1] - times[0] == 999_000


async def test_a_shift_out_of_the_calendar_is_reported_and_not_sent(csv: Path, api: Any) -> None:
    report = await replayed(csv, api, shift=-500_000)
    assert (report.sent, report.malformed) == (501, 500)


async def test_events_pass_at_the_pace_asked_for(tmp_path: Path, api: Any) -> None:
    path = tmp_path / "paced.csv"
    path.write_text("".join(f"{at},1,view,1,1\n" for at in (0, 10, 5_000, 5_010, 10_000)))
    started = time.monotonic()
    await replayed(path, api, speed=10.0)
    assert 1.0 <= time.monotonic() - started < 3.0
    assert [len(batch["batch"]) for batch in api.batches] == [2, 2, 1]


async def test_an_export_keeps_its_ids_and_gets_nothing_added(tmp_path: Path, api: Any) -> None:
    path = tmp_path / "export.ndjson"
    path.write_text('{"id":"x1","type":"page","visitor":"v","timestamp":"2026-01-01T00:00:00Z","context":{"a":1}}\n')
    await replayed(path, api, format="ndjson")
    [event] = api.events
    assert event == {"id": "x1", "type": "page", "visitor": "v", "timestamp": 1_767_225_600_000, "context": {"a": 1}}


async def test_what_the_api_rejects_is_counted_by_reason(tmp_path: Path, api: Any) -> None:
    path = tmp_path / "export.ndjson"
    path.write_text('{"type":"page","timestamp":1}\n{"type":"page","timestamp":2,"visitor":"v"}\n')
    report = await replayed(path, api, format="ndjson")
    assert report.rejected == {"missing_visitor": 1}
    assert (report.rows, report.sent, report.accepted) == (2, 2, 1)


async def test_an_empty_file_is_a_replay_of_nothing(tmp_path: Path, api: Any) -> None:
    path = tmp_path / "empty"
    path.touch()
    report = await replayed(path, api, shift="now")
    assert (report.rows, report.sent, report.first, report.stopped) == (0, 0, None, None)


async def test_a_refused_key_ends_it_and_is_said(csv: Path, api: Any) -> None:
    api.status = 401
    report = await replayed(csv, api)
    assert report.stopped == "told to refuse"
    assert report.sent == 0


async def test_an_api_that_goes_away_and_comes_back_misses_nothing(
    csv: Path, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_FIRST_PAUSE", 0.01)
    requests = 0

    def fail_now_and_then() -> None:
        nonlocal requests
        requests += 1
        api.status = 503 if requests % 3 else 200

    api.before_answer = fail_now_and_then
    report = await replayed(csv, api, batch_size=200)
    assert report.accepted == 1_000
    assert len(api.events) == 1_000


async def test_when_patience_is_over_the_report_says_how_far_it_came(
    csv: Path, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_PATIENCE", 0.0)

    def fail_later() -> None:
        api.status = 503 if len(api.batches) >= 4 else 200

    api.before_answer = fail_later
    report = await replayed(csv, api, batch_size=50)
    assert report.sent == 200
    assert report.stopped == "told to refuse"


async def test_stopping_ends_it_with_the_report_so_far(csv: Path, api: Any) -> None:
    stop = asyncio.Event()
    api.delay = 0.05

    def stop_soon() -> None:
        if len(api.batches) == 3:
            stop.set()

    api.before_answer = stop_soon
    report = await replayed(csv, api, batch_size=20, lanes=2, stop=stop)
    assert report.stopped == "interrupted"
    assert 0 < report.sent < 1_000
    assert report.sent == len(api.events), "what was under way was waited for"
    assert len(api.batches) <= 5, "what was waiting was dropped"


async def test_stopping_does_not_wait_for_an_api_that_is_away(
    csv: Path, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_GRACE", 0.1)
    api.status = 503
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, stop.set)
    started = time.monotonic()
    report = await replayed(csv, api, stop=stop)
    assert time.monotonic() - started < 5.0
    assert (report.stopped, report.sent) == ("interrupted", 0)


async def test_stopping_ends_a_wait_between_events(tmp_path: Path, api: Any) -> None:
    path = tmp_path / "slow.csv"
    path.write_text("0,1,view,1,1\n999999999,1,view,1,1\n")
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, stop.set)
    report = await replayed(path, api, speed=1.0, stop=stop)
    assert (report.stopped, report.sent) == ("interrupted", 1)


async def test_progress_is_told_while_it_runs(csv: Path, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_SHOW_EVERY", 0.0)
    told: list[Progress] = []
    await replayed(csv, api, on_progress=told.append)
    assert {progress.phase for progress in told} == {"reading", "sending"}
    assert all(0 <= progress.fraction <= 1 for progress in told)


async def test_a_batch_has_a_size(csv: Path, api: Any) -> None:
    for wrong in ({"batch_size": 0}, {"batch_size": 1_001}, {"lanes": 0}):
        with pytest.raises(InputError):
            await replayed(csv, api, **wrong)


async def test_the_client_is_closed_in_the_end(csv: Path, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    monkeypatch.setattr(Client, "__aexit__", lambda self, *_: closed.append(self) or self._http.aclose())
    await replayed(csv, api)
    assert len(closed) == 1
