"""Pages of reference, written from the code: the command line, the HTTP API, the engine's types, the tables."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import click

from gooddata.cli import main

ROOT = Path(__file__).parents[1]
METHODS = ("get", "post", "put", "patch", "delete")


def reference_pages() -> dict[str, str]:
    """Each page of reference by its path in the site. A product is started to tell of itself, and stopped."""
    with running_product() as product:
        with urllib.request.urlopen(f"{product['url']}/api/openapi.json", timeout=30) as answer:
            described = json.load(answer)
        tables = {
            "The raw database": asyncio.run(columns(product["raw_dsn"])),
            "The analytics database": asyncio.run(columns(product["analytics_dsn"])),
        }
    return {
        "reference/command-line.md": command_line(),
        "reference/http.md": http_api(described),
        "reference/engine.md": engine_types((ROOT / "engine/src/publicApi.ts").read_text()),
        "reference/tables.md": table_page(tables, purposes((ROOT / "docs/storage.md").read_text())),
    }


@contextmanager
def running_product() -> Iterator[dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="gooddata-docs-") as data:
        command = [sys.executable, "-m", "gooddata", "up", "--json", "--port", str(port), "--data", f"{data}/data"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def command_line() -> str:
    parts = ["# The command line", "All commands take `--help`. This is what they say there."]
    for path, command in commands(main, "gooddata"):
        context = click.Context(command, info_name=path, max_content_width=100)
        level = "##" if path.count(" ") < 2 else "###"
        parts += [f"{level} `{path}`", " ".join((command.help or "").split())]
        arguments = " ".join(command.collect_usage_pieces(context))
        parts += [f"```\n{path} {arguments}\n```"]
        options = [record for each in command.params if (record := each.get_help_record(context))]
        options = [(names, text) for names, text in options if "--help" not in names]
        if options:
            rows = [f"| `{cell(names)}` | {cell(text)} |" for names, text in options]
            parts += ["\n".join(["| option | what |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], f"{path} {name}")


def http_api(described: dict[str, Any]) -> str:
    parts = [
        "# The HTTP API",
        "What serving answers, from its own description (`/api/openapi.json` on every server). How events are sent is "
        "in [Ingestion](../ingestion.md) and [SDKs](../sdks.md); filters, answers and their meaning are in "
        "[Questions and answers](../queries.md). Paths below `/api/` take a read key (`Authorization: Bearer`) or a "
        "browser that is signed in.",
    ]
    schemas = described.get("components", {}).get("schemas", {})
    for path, operations in described["paths"].items():
        parts.append(f"## `{path}`")
        for method in METHODS:
            if operation := operations.get(method):
                parts += operation_text(method, path, operation, schemas)
    return "\n\n".join(parts) + "\n"


def operation_text(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield f"**`{method.upper()} {path}`**"
    if text := operation.get("description"):
        yield str(text)
    rows = [
        f"| `{each['name']}` | {each['in']} | {cell(kind(each['schema']))} | {cell(each.get('description', ''))} |"
        for each in operation.get("parameters", [])
    ]
    if rows:
        yield "\n".join(["| parameter | in | kind | what |", "|---|---|---|---|", *rows])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        of = schemas.get(body.get("$ref", "").rpartition("/")[2], body)
        fields = [
            f"| `{name}` | {cell(kind(each))} | {'yes' if name in of.get('required', []) else ''} |"
            for name, each in of.get("properties", {}).items()
        ]
        if fields:
            yield "\n".join(["| field of the body | kind | needed |", "|---|---|---|", *fields])
    answers = ", ".join(f"{status}" for status in operation.get("responses", {}))
    yield f"Answers: {answers}."


def kind(schema: dict[str, Any]) -> str:
    """In words: a whole number from 1 to 1,000 (10)."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2].rpartition(".")[2]
    options = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return " or ".join(kind(each) for each in options if each.get("type") != "null")
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    said = schema.get("type", "anything")
    said = said if isinstance(said, str) else " or ".join(each for each in said if each != "null")
    if said == "array":
        said = f"list of {kind(schema.get('items', {}))}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        said += f" from {low:g} to {high:,.0f}" if high >= 1 else f" from {low:g} to {high:g}"
    return said + (f" ({schema['default']})" if schema.get("default") is not None else "")


def engine_types(source: str) -> str:
    parts = [
        "# The engine's types",
        "What a page can call, send and receive: the types that the npm package `gooddata-engine` comes with. "
        "[The browser library](../engine.md) explains them.",
    ]
    found = re.findall(r"(/\*\*(?:(?!\*/).)*\*/\n)?(export (?:interface|type) (\w+).*?)(?=\n\n|\Z)", source, re.DOTALL)
    named = {name: comment + text.rstrip() for comment, text, name in found}
    first = [name for name in ("GoodData", "EngineOptions", "Topics", "Intelligence", "Intent") if name in named]
    for name in [*first, *(name for name in named if name not in first)]:
        parts.append(f"## {name}\n\n```ts\n{named[name]}\n```")
    return "\n\n".join(parts) + "\n"


async def columns(dsn: str) -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """Of each table and view: which of the two it is, and its columns with their types and defaults."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch((Path(__file__).parent / "columns.sql").read_text())
    await connection.close()
    tables: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}
    for row in rows:
        tables.setdefault(row["name"], (row["kind"], []))[1].append((row["column"], row["type"], row["note"]))
    return tables


def purposes(storage: str) -> dict[str, str]:
    """What each table is for, as docs/storage.md says: in order, where a row of it tells of several with semicolons."""
    found = {}
    for first, text in re.findall(r"^\| (`(?:raw|analytics|control)\..*?) \| (.*?) \|", storage, re.MULTILINE):
        names = re.findall(r"`((?:raw|analytics|control)\.\w+)`", first)
        parts = text.split("; ")
        for at, name in enumerate(names):
            found[name] = parts[at] if len(parts) == len(names) else text
    return found


def table_page(databases: dict[str, Any], purpose: dict[str, str]) -> str:
    parts = [
        "# Tables",
        "Both databases as `gooddata migrate` makes them on plain PostgreSQL, and what each table is for. "
        "[Storage](../storage.md) has windows of time and sizes, [Privacy](../privacy.md) who may see what.",
    ]
    for database, tables in databases.items():
        parts.append(f"## {database}")
        for name, (is_a, its_columns) in tables.items():
            text = purpose.get(name)
            if text is None:
                raise LookupError(f"docs/storage.md does not say what {name} is for")
            rows = [f"| `{column}` | {cell(type_)} | {note} |" for column, type_, note in its_columns]
            text = re.sub(r"\]\((?!http)(\.\./)?", "](../", text)
            parts += [f"### `{name}`", f"{is_a.capitalize()}: {text}"]
            parts.append("\n".join(["| column | type | |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
