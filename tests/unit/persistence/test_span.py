from datetime import timedelta

import pytest

from gooddata.persistence.span import span


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("0h", timedelta(0)),
        ("7d", timedelta(days=7)),
        ("7", None),
        ("h", None),
        ("-1h", None),
        ("1h30m", None),
        ("9999999d", None),
    ],
)
def test_a_span_is_a_number_and_a_unit(text, meant):
    assert span(text) == meant
