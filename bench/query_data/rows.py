"""Columns as rows of PostgreSQL's binary COPY, without a step of Python for each: of a row's bytes, what is of fixed
length is laid out by numpy, and what is not is looked up in a list of texts that are encoded once."""

import struct
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from bench.query_data import mix
from bench.query_data.counts import Cells, Dimension, Sketched
from bench.query_data.day import credited
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.moments import YEAR_2000

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_ROWS_A_CHUNK = 8_192
_NULL = b"\xff\xff\xff\xff"
_REAL_OID = 700

EVENT_COLUMNS = [
    "project_id", "event_id", "visitor", "user", "session_id", "timestamp", "type", "name", "path", "source",
    "campaign", "device", "browser", "country", "product", "category", "value", "revenue", "engaged_ms", "scroll",
    "vector", "vector_version", "goal", "simulated", "automated",
]  # fmt: skip
SESSION_COLUMNS = [
    "project_id", "session_id", "visitor", "started_at", "last_at", "events", "pageviews", "clicks", "goals", "revenue",
    "engaged_ms", "scroll", "simulated", "automated", "last_event", "updated_at", "entry_path", "last_path", "source",
    "campaign", "device", "browser", "country",
]  # fmt: skip
CELL_COLUMNS = [
    "project_id", "minute", "dimension", "value", "events", "pageviews", "sessions", "bounces", "conversions",
    "revenue", "engaged_ms",
]  # fmt: skip
SKETCH_COLUMNS = ["project_id", "{moment}", "dimension", "value", "visitors", "sketch"]


def _text(value: str | None) -> bytes:
    return _NULL if value is None else struct.pack(">i", len(value.encode())) + value.encode()


def _texts(values: Sequence[str | None]) -> np.ndarray:
    return _objects([_text(value) for value in values])


def _objects(values: list[bytes]) -> np.ndarray:
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _fixed(number: int, fields: Sequence[tuple[str, np.ndarray | int | float]], *, head: bytes = b"") -> np.ndarray:
    """Fields of fixed length (a numpy type each), with their lengths before them, after the bytes of `head`."""
    layout: list[tuple[str, str]] = [("head", f"V{len(head)}")] if head else []
    for place, (kind, _) in enumerate(fields):
        layout += [(f"length{place}", ">i4"), (f"value{place}", kind)]
    made = np.zeros(number, np.dtype(layout))
    if head:
        made["head"] = np.void(head)
    for place, (kind, values) in enumerate(fields):
        made[f"length{place}"] = np.dtype(kind).itemsize
        made[f"value{place}"] = values
    return _objects(made.view(f"V{made.dtype.itemsize}").tolist())


def _chunks(*pieces: np.ndarray) -> Iterator[bytes]:
    """Row after row of what the pieces give for it."""
    for start in range(0, len(pieces[0]), _ROWS_A_CHUNK):
        rows = np.stack([piece[start : start + _ROWS_A_CHUNK] for piece in pieces], axis=1)
        yield b"".join(rows.ravel().tolist())


def _moment(at: np.ndarray | int) -> np.ndarray | int:
    return (at - YEAR_2000) * 1_000


def _head(columns: Sequence[str], project: str) -> bytes:
    return struct.pack(">h", len(columns)) + _text(project)


class Encoder:
    """Encodes what is of one project; `ids` are its visitors'."""

    def __init__(self, project: str, seed: int, ids: np.ndarray) -> None:
        self._project = project
        self._ids = np.ascontiguousarray(ids).view("V16").ravel()
        self._paths = _texts(mix.paths())
        self._whats = _objects([_text(kind.type) + _text(kind.name) for kind in mix.KINDS])
        named = [(f"item-{number}", mix.CATEGORIES[number % len(mix.CATEGORIES)]) for number in range(mix.PRODUCTS)]
        self._products = _objects([*(_text(product) + _text(category) for product, category in named), 2 * _NULL])
        self._vectors = _objects([*_vectors(seed), 2 * _NULL])
        self._marks = _objects([_flag(kind.goal) + 2 * _flag(False) for kind in mix.KINDS])
        self._measured = np.array([kind.measured for kind in mix.KINDS])

    def events(self, events: np.ndarray) -> Iterator[bytes]:
        kind, number = events["kind"], len(events)
        ids = [("V16", events["id"]), ("V16", self._ids[events["visitor"]])]
        first = _fixed(number, ids, head=_head(EVENT_COLUMNS, self._project))
        then = _fixed(number, [("V16", events["session"]), (">i8", _moment(events["at"]))], head=_NULL)
        vector = np.where(self._measured[kind], events["at"] % mix.VECTORS, mix.VECTORS)
        return _chunks(
            first,
            then,
            self._whats[kind],
            self._paths[events["path"]],
            _credits(events["credit"], events["landing"]),
            self._products[events["product"]],
            _amounts(kind, events),
            self._vectors[vector],
            self._marks[kind],
        )

    def sessions(self, sessions: np.ndarray) -> Iterator[bytes]:
        number, last_at = len(sessions), _moment(sessions["last_at"])
        fixed = _fixed(
            number,
            [
                ("V16", sessions["id"]),
                ("V16", self._ids[sessions["visitor"]]),
                (">i8", _moment(sessions["started_at"])),
                (">i8", last_at),
                *((">i4", sessions[name]) for name in ("events", "pageviews", "clicks", "goals")),
                (">f8", sessions["cents"] / 100),
                (">i8", sessions["engaged"]),
                (">f4", sessions["scroll"]),
                ("i1", 0),
                ("i1", 0),
                ("V16", sessions["last_event"]),
                (">i8", last_at),
            ],
            head=_head(SESSION_COLUMNS, self._project),
        )
        credits = _credits(sessions["credit"], np.ones(number, bool), direct="direct")
        return _chunks(fixed, self._paths[sessions["entry"]], self._paths[sessions["last"]], credits)

    def cells(self, dimension: Dimension, start: int, cells: Cells) -> Iterator[bytes]:
        number = len(cells.minute)
        first = _fixed(
            number, [(">i8", _moment(start + cells.minute * 60_000))], head=_head(CELL_COLUMNS, self._project)
        )
        *counts, revenue, engaged = cells.counts
        numbers: list[tuple[str, np.ndarray | int | float]] = [(">i8", column) for column in counts]
        numbers += [(">f8", revenue / 10_000), (">i8", engaged)]
        return _chunks(first, _values(dimension)[cells.value], _fixed(number, numbers))

    def sketches(self, dimension: Dimension, start: int, made: Sequence[Sketched]) -> Iterator[bytes]:
        if not made:
            return iter(())
        hour, value, visitors, sketch = zip(*made, strict=True)
        at = _moment(start + np.array(hour) * 3_600_000)
        first = _fixed(len(made), [(">i8", at)], head=_head(SKETCH_COLUMNS, self._project))
        bytes_ = [struct.pack(">i", len(each)) + each for each in sketch]
        return _chunks(
            first,
            _values(dimension)[np.array(value)],
            _fixed(len(made), [(">i8", np.array(visitors))]),
            _objects(bytes_),
        )


def _flag(value: bool) -> bytes:
    return struct.pack(">ib", 1, value)


def _values(dimension: Dimension) -> np.ndarray:
    return _objects([_text(dimension.name) + _text(value) for value in dimension.values])


def _credits(credit: np.ndarray, with_source: np.ndarray, direct: str | None = None) -> np.ndarray:
    """Source, campaign, device, browser, country; each combination is encoded once."""
    found, places = np.unique(credit.astype(np.int64) * 2 + with_source, return_inverse=True)
    lists = (mix.SOURCES, mix.CAMPAIGNS, mix.DEVICES, mix.BROWSERS, mix.COUNTRIES)
    blocks = []
    for row, shown in zip(np.stack(credited(found // 2), axis=1).tolist(), (found % 2).tolist(), strict=True):
        source, *others = (values[place] or None for values, place in zip(lists, row, strict=True))
        blocks.append(b"".join(map(_text, [(source or direct) if shown else None, *others])))
    return _objects(blocks)[places]


def _amounts(kind: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Value, revenue, engaged_ms and scroll."""
    made = np.full(len(kind), 4 * _NULL, object)
    for which, before, after in ((events["product"] >= 0, b"", 3 * _NULL), (kind == mix.ORDER, _NULL, 2 * _NULL)):
        amount = _fixed(int(which.sum()), [(">f8", events["cents"][which] / 100)], head=before)
        made[which] = amount + after
    engaged = kind == mix.ENGAGEMENT
    read = [(">i4", events["engaged"][engaged]), (">f4", events["scroll"][engaged])]
    made[engaged] = _fixed(int(engaged.sum()), read, head=2 * _NULL)
    return made


def _vectors(seed: int) -> list[bytes]:
    """Vectors, each with its version: numbers of the sizes that the engine's have."""
    rng = np.random.default_rng([seed, 2])
    width = len(FIELDS.fields)
    numbers = np.round(rng.exponential(200.0, (mix.VECTORS, width))).astype(">f4")
    head = struct.pack(">iiiii", 1, 0, _REAL_OID, width, 1)
    version = struct.pack(">ih", 2, FIELDS.version)
    made = []
    for row in numbers:
        body = head + b"".join(struct.pack(">i", 4) + each.tobytes() for each in row)
        made.append(struct.pack(">i", len(body)) + body + version)
    return made


class Copied(msgspec.Struct):
    """A table, its columns, and the rows to copy into it."""

    table: str
    columns: list[str]
    chunks: list[bytes]
