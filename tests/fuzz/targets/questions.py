"""What stands in the query of a question: filters, steps, conditions, moments, time zones, cursors."""

from datetime import UTC, datetime

import numpy as np

from gooddata.errors import InputError
from gooddata.serving.columns.filters import Filter, parse, parse_all
from gooddata.serving.columns.funnel import parse_steps
from gooddata.serving.columns.steps import bounds, zone
from gooddata.serving.owner.rejected import _before
from gooddata.serving.period import period
from gooddata.serving.properties.events import parse_conditions
from gooddata.serving.store import _place

SEEDS = [
    b"\x00source==google|bing", b"\x00page!~/a\\|b\\\\", b"\x00conversion<0.2\nviews>=3", b"\x01page==/a\ngoal~x",
    b"\x02colour==red", b"\x032026-11-20T12:00:00+01:00\n1795132800000", b"\x030001-01-01T00:00:00+23:59",
    b"\x04Europe/Berlin\nmonth", b"\x04America/New_York\nday\n0001-01-01\n0001-01-09", b"\x04Asia/Tokyo\nweek\n9999-12-01\n9999-12-31", b"\x04../../etc/passwd", b"\x051795132800000000-5", b"\x061795132800000000.0198c4a1-0000-7000-8000-000000000002",
]  # fmt: skip
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def attack(data: bytes) -> None:
    kind, texts = (data[:1] or b"\0")[0] % 7, data[1:].decode(errors="replace").split("\n")
    try:
        if kind == 0:
            for each in parse_all(texts):
                each.holds()("x") if isinstance(each, Filter) else each.holds(np.array([0.5, np.nan]))
        elif kind == 1:
            parse_steps(texts)
            parse(texts[0])
        elif kind == 2:
            parse_conditions(texts)
        elif kind == 3:
            span = period(texts[0] or None, texts[-1] or None, NOW)
            span.previous()
        elif kind == 4:
            span = period(texts[2], texts[3], NOW) if len(texts) > 3 else period(None, None, NOW)
            bounds(span.start, span.end, texts[1] if len(texts) > 1 else "hour", zone(texts[0]))
        elif kind == 5:
            _before(texts[0])
        else:
            _place(texts[0])
    except InputError:
        return
