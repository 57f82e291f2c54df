"""The experiment of bench/native is fair: the native step makes what the product makes, or leaves it to the product."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load.requests import INPUTS
from bench.native.build import native_pack
from bench.native.steps import compare, native_steps, python_steps
from gooddata.errors import ConfigurationError
from gooddata.ingestion.arrival import Packer
from gooddata.ingestion.unusable import Unusable

NOW = time.time_ns() // 1_000_000


@pytest.fixture(autouse=True, scope="module")
def built() -> None:
    try:
        native_pack()
    except ConfigurationError as missing:
        pytest.skip(str(missing))


def event(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": "v", "timestamp": NOW} | changes


def body(*events: Any, **envelope: Any) -> bytes:
    return json.dumps({"writeKey": "gw_1", "sentAt": NOW, "batch": events} | envelope).encode()


@pytest.mark.parametrize("name", INPUTS)
def test_same_result_on_what_the_measurements_send(name: str, tmp_path: Path) -> None:
    assert compare(INPUTS[name], tmp_path, rounds=1, flushes=1).keys() == {"python", "native"}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "id": st.uuids().map(str) | values,
        "messageId": st.uuids().map(str),
        "type": st.sampled_from(["track", "page", "identify", "order"]),
        "name": st.text(max_size=10) | values,
        "visitor": st.text(max_size=40) | values,
        "user": st.text(max_size=10),
        "timestamp": st.integers(NOW - 40 * 86_400_000, NOW + 10_000) | st.just("2026-11-23T10:00:00.123Z") | values,
        "properties": st.dictionaries(st.text(max_size=5), values, max_size=3) | values,
        "vector": st.lists(st.floats(allow_nan=False) | st.integers(), max_size=5) | values,
        "other": values,
    },
)


@given(st.lists(fields, min_size=1, max_size=4), st.none() | st.integers(NOW - 5_000, NOW + 5_000) | values)
def test_what_the_native_step_takes_the_product_takes_alike(changes: list[dict[str, Any]], sent_at: Any) -> None:
    packer = Packer()
    sent = body(*(event(**one) for one in changes), sentAt=sent_at)
    native = native_steps(sent, NOW, packer)
    if native is not None:
        assert native == python_steps(sent, NOW, packer)


BAD = {
    "no UTF-8": body(event(name="~")).replace(b"~", b"\xff"),
    "surrogate in UTF-8": body(event(name="~")).replace(b"~", b"\xed\xa0\x80"),
    "overlong": body(event(name="~")).replace(b"~", b"\xc0\xaf"),
    "NUL": body(event(name="a\0b")),
    "NUL in a key": body(event(properties={"a\0b": 1})),
    "lone surrogate": body(event(properties={"a": "\ud800"})),
    "surrogates the wrong way round": body(event(properties={"a": "\udc00\ud800"})),
    "number out of range": body(event(properties={"a": 1})).replace(b'"a": 1', b'"a": 1e400'),
    "number with a leading zero": body(event(properties={"a": 1})).replace(b'"a": 1', b'"a": 01'),
    "vector out of range": body(event(vector=[1e39])),
    "too deep": body(event(properties={"a": [[[[[[[1]]]]]]]})),
    "no id": body(event(id=None)),
    "id that is no UUID": body(event(id="order-1")),
    "no visitor": body(event(visitor="")),
    "no name": body(event(name=None)),
    "unknown type": body(event(type="order")),
    "too old": body(event(timestamp=NOW - 31 * 86_400_000)),
    "text too long": body(event(name="x" * 513)),
    "event too large": body(event(properties={"a": "x" * 65_536})),
    "too many events": body(*(event() for _ in range(1_001))),
    "control character": body(event(name="~")).replace(b"~", b"\n"),
    "unknown field": body(event(extra=1)),
    "not an object": body(event(properties=[1])),
    "context is no object": body(event(), context=[1]),
    "trailing text": body(event()) + b"x",
    "cut short": body(event())[:-3],
    "no batch": b'{"writeKey": "gw_1"}',
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_usual_is_left_to_the_product(what: str) -> None:
    assert native_steps(BAD[what], NOW, Packer()) is None


def test_random_bytes_never_crash_it() -> None:
    good = body(event(properties={"a": [1.5, "ü€😀\\", None]}), context={"page": {"path": "/"}})
    assert native_steps(good, NOW, Packer()) == python_steps(good, NOW, Packer())
    for at in range(len(good)):
        for changed in (good[:at], good[:at] + b"\\" + good[at + 1 :], good[:at] + b"\xf0" + good[at + 1 :]):
            native = native_steps(changed, NOW, Packer())
            if native is not None:
                try:
                    assert native == python_steps(changed, NOW, Packer())
                except Unusable:
                    pytest.fail(f"the product refuses {changed!r}")
