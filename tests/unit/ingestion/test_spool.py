import os
import random
from datetime import UTC, datetime

import pytest

from gooddata.ingestion import spool as module
from gooddata.ingestion.arrival import Arrival, Packed
from gooddata.ingestion.spool import Attempt, Record, Spool, SpoolFull, claim_spools

MOST = 10_000_000
START = datetime(2026, 1, 1, 23, 59, 59, 123_456, tzinfo=UTC)


def record(number, received_at=1_000):
    events = Packed(1, number.to_bytes(16), None, [7], b"[1]", b'{"n":%d}' % number)
    return Record(
        Arrival("shop", received_at, b'{"a":1}', events), Attempt(1, number, START, 7) if number % 2 else None
    )


def numbers(spool):
    return [int.from_bytes(found.arrival.events.ids) for _, found in spool.read(10**9)]


def test_what_was_appended_is_there_after_a_restart_in_order(tmp_path):
    spool = Spool(tmp_path, MOST)
    assert spool.is_empty
    for number in range(1, 8):
        spool.append([record(number), record(number + 100)])
    spool.close()
    again = Spool(tmp_path, MOST)
    assert again.id == spool.id
    assert again.last == 14
    assert numbers(again) == [n for number in range(1, 8) for n in (number, number + 100)]
    assert again.read(1)[0] == (1, record(1))


def test_what_is_drained_is_not_read_again_and_its_segments_go(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    spool = Spool(tmp_path, MOST)
    for number in range(1, 41):
        spool.append([record(number)])
    segments = len(list(tmp_path.glob("*.segment")))
    assert segments > 5
    spool.forget(20)
    assert numbers(spool) == list(range(21, 41))
    assert len(list(tmp_path.glob("*.segment"))) < segments
    spool.forget(40)
    assert spool.is_empty
    assert list(tmp_path.glob("*.segment")) == []
    assert spool.bytes == 0
    spool.append([record(41)])
    assert spool.read(1)[0][0] == 41, "numbers go on"


def test_numbers_that_start_anew_have_another_name(tmp_path):
    spool = Spool(tmp_path, MOST)
    spool.append([record(1)])
    spool.forget(1)
    spool.close()
    again = Spool(tmp_path, MOST)
    assert (again.last, again.id == spool.id) == (0, False)


def test_a_record_that_was_being_written_is_cut_off(tmp_path):
    spool = Spool(tmp_path / "0", MOST)
    spool.append([record(1)])
    [segment] = (tmp_path / "0").glob("*.segment")
    first = segment.stat().st_size
    spool.append([record(2)])
    spool.close()
    whole = segment.read_bytes()
    for length in range(first, len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / segment.name).write_bytes(whole[:length])
        again = Spool(folder, MOST)
        assert numbers(again) == [1]
        again.append([record(3)])
        assert numbers(again) == [1, 3]
        again.close()


def test_damage_costs_only_the_records_it_touches(tmp_path):
    spool = Spool(tmp_path, MOST)
    for number in range(1, 21):
        spool.append([record(number)])
    spool.close()
    [segment] = tmp_path.glob("*.segment")
    whole = bytearray(segment.read_bytes())
    at = random.Random(3).randrange(len(whole) // 3, len(whole) // 2)
    whole[at : at + 4] = b"\xff\xff\xff\xff"
    segment.write_bytes(whole)
    left = numbers(Spool(tmp_path, MOST))
    assert 18 <= len(left) < 20
    assert left == sorted(left)


def test_it_is_bounded(tmp_path):
    spool = Spool(tmp_path, 2_000)
    with pytest.raises(SpoolFull):
        for number in range(1, 100):
            spool.append([record(number)])
    there = numbers(spool)
    assert there == list(range(1, len(there) + 1))
    assert spool.bytes <= 2_000
    spool.forget(spool.last)
    spool.append([record(1)])


def test_a_failed_write_leaves_nothing_of_it(tmp_path, monkeypatch):
    spool = Spool(tmp_path, MOST)
    spool.append([record(1)])

    def fails(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="No space"):
            spool.append([record(2)])
    spool.append([record(3)])
    assert numbers(spool) == [1, 3]


def test_it_tells_how_old_its_oldest_record_is(tmp_path):
    spool = Spool(tmp_path, MOST)
    assert spool.oldest_at == float("inf")
    spool.append([record(1, 1_000), record(2, 2_000)])
    spool.append([record(3, 3_000)])
    assert spool.oldest_at == 1_000
    spool.forget(2)
    assert spool.oldest_at == 3_000
    spool.close()
    assert Spool(tmp_path, MOST).oldest_at <= 3_000


def test_each_process_has_a_spool_of_its_own_and_takes_over_what_others_left(tmp_path):
    first, left = claim_spools(tmp_path, MOST)
    second, _ = claim_spools(tmp_path, MOST)
    assert (first.id != second.id, left) == (True, [])
    second.append([record(1)])
    first.close()
    second.close()
    own, [taken_over] = claim_spools(tmp_path, MOST)
    assert own.is_empty
    assert numbers(taken_over) == [1]


def test_a_whole_record_of_no_known_form_costs_itself_alone(tmp_path, monkeypatch):
    spool = Spool(tmp_path, MOST)
    spool.append([record(1)])
    with monkeypatch.context() as changed:
        changed.setattr(module, "_encode", lambda _: b"\xc1 of another version")
        spool.append([record(2)])
    spool.append([record(3)])
    spool.close()
    assert numbers(Spool(tmp_path, MOST)) == [1, 3]


def damaged(folder, damage, number=6):
    """A spool of a few records whose file was changed; what came of it when it was opened."""
    spool = Spool(folder, MOST)
    for each in range(1, number):
        spool.append([record(each)])
    spool.close()
    [segment] = folder.glob("*.segment")
    segment.write_bytes(damage(segment.read_bytes()))
    return Spool(folder, MOST)


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        (lambda whole: whole.replace(b"gds1", b"gdx1", 1), [2, 3, 4, 5]),
        (lambda whole: whole[whole.index(b"gds1", 9) :], [2, 3, 4, 5]),
        (lambda whole: whole[: whole.rindex(b"gds1")] + bytes(9), [1, 2, 3, 4]),
        (lambda whole: whole + b"something else", [1, 2, 3, 4, 5]),
        (lambda whole: bytes(len(whole)), []),
    ],
    ids=["a mark", "the first record is gone", "zeros at the end", "more at the end", "all of it"],
)
def test_damage_is_told_wherever_it_is_and_its_file_kept(tmp_path, caplog, damage, left):
    spool = damaged(tmp_path, damage)
    assert "damaged" in caplog.text
    assert (numbers(spool), spool.is_whole) == (left, False)
    spool.forget(spool.last)
    assert (spool.bytes, len([*tmp_path.glob("*.segment")]), len([*tmp_path.glob("*.damaged")])) == (0, 0, 1)


def test_a_record_that_was_being_written_is_no_damage(tmp_path, caplog):
    spool = damaged(tmp_path, lambda whole: whole[:-3])
    assert "ends within a record" in caplog.text
    assert (numbers(spool), spool.is_whole) == ([1, 2, 3, 4], False)
    spool.forget(spool.last)
    assert [*tmp_path.glob("*.damaged")] == []


def test_what_comes_after_damage_has_numbers_that_the_log_does_not_know(tmp_path):
    """The log may have drained records that are not in the file any more."""
    damaged(tmp_path / "0", lambda whole: whole[: len(whole) // 2]).close()
    own, [taken_over] = claim_spools(tmp_path, MOST)
    assert own.is_empty and own.id != taken_over.id
    assert numbers(taken_over) == [1, 2]
