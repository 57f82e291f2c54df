"""Every decoder is given what once broke it, what it begins with, and inputs made of these by chance: none may fail in
a way that is no refusal. `make fuzz` looks for new ones, led by coverage."""

import importlib
import random

import pytest

from tests.fuzz.names import TARGETS, seeds

INPUTS = 150  # of each target, made by chance


def changed(chance: random.Random, known: list[bytes]) -> bytes:
    """An input that comes of others: bits turned, parts left out, doubled or put in from elsewhere."""
    made = bytearray(chance.choice(known))
    for _ in range(chance.randint(1, 4)):
        at, until = sorted((chance.randint(0, len(made)), chance.randint(0, len(made))))
        kind = chance.randrange(5)
        if kind == 0 and at < len(made):
            made[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del made[at : min(until, at + 40)]
        elif kind == 2:
            made[at:at] = made[at:until] * chance.randint(1, 8)
        elif kind == 3:
            other = chance.choice(known)
            start = chance.randint(0, len(other))
            made[at:until] = other[start : start + chance.randint(0, 60)]
        else:
            made[at:at] = chance.choice(
                [b"\0", b"\xff", b'"', b"\\ud800", b"[" * 200, b"9" * 400, b"-1", b"1e999", "\u202e".encode()]
            )
    return bytes(made[:20_000])


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_decoder(name: str) -> None:
    target = importlib.import_module(f"tests.fuzz.targets.{name}")
    known = seeds(name, target)
    for data in known:
        target.attack(data)
    chance = random.Random(name)
    for _ in range(INPUTS):
        data = changed(chance, known)
        try:
            target.attack(data)
        except Exception as failure:
            pytest.fail(f"{name} fails ({failure!r}) on {data!r}; put that into tests/fuzz/corpus/{name}/")


def test_every_target_says_what_to_begin_with() -> None:
    assert len(TARGETS) >= 16
    for name in TARGETS:
        assert importlib.import_module(f"tests.fuzz.targets.{name}").SEEDS
