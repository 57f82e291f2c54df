"""Secrets are compared by hash or in constant time, and stand on no command line."""

import ast
from pathlib import Path

import click
import pytest

from gooddata.cli import main
from gooddata.config import described

PACKAGE = Path(__file__).parents[2] / "gooddata"
# What a name ends with that holds a secret, or what is made of one.
SECRET = (
    "token",
    "secret",
    "signature",
    "password",
    "cookie",
    "key_hash",
    "token_hash",
    "digest",
    "write_key",
    "read_key",
)
TELLING = ("dsn", "secret", "password", "smtp_url", "log")


def compared(tree):
    """The names on either side of == and !=, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(each, ast.Eq | ast.NotEq) for each in node.ops):
            for side in (node.left, *node.comparators):
                called = side.func if isinstance(side, ast.Call) else side
                yield getattr(called, "id", getattr(called, "attr", "")), node.lineno


def test_no_secret_is_compared_byte_by_byte():
    """`==` ends at the first byte that differs, which tells how many were right."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in PACKAGE.rglob("*.py")
        for name, line in compared(ast.parse(path.read_text()))
        if name.endswith(SECRET)
    ]
    assert found == []
    assert [*compared(ast.parse("own_token == given"))] == [("own_token", 1), ("given", 1)]


@pytest.mark.parametrize("file", ["serving/access.py", "serving/sign_ins.py", "ingestion/keys.py"])
def test_who_asks_is_looked_up_by_a_hash(file):
    text = (PACKAGE / file).read_text()
    assert "sha256(" in text or "digest(" in text


# A measurement takes the kind of a log, postgres or nats, and not its address.
KINDS = {"--log": ["bench pipeline"]}


def test_no_secret_is_a_flag():
    flags = {}

    def collect(command, names=()):
        for parameter in command.params:
            for flag in parameter.opts:
                flags.setdefault(flag, []).append(" ".join(names))
        for name, inner in getattr(command, "commands", {}).items():
            collect(inner, (*names, name))

    assert isinstance(main, click.Group)
    collect(main)
    assert "--port" in flags
    for name, _, _, setting in described():
        if setting.secret:
            flag = f"--{name.replace('_', '-')}"
            assert flags.get(flag) == KINDS.get(flag)
        assert setting.secret or not name.endswith(TELLING), name
    spoken = {
        flag: at for flag, at in flags.items() if flag.strip("-").endswith(("password", "secret", "dsn", "token"))
    }
    # A measurement, of a database that was made for it.
    assert spoken == {"--dsn": ["bench query"]}
