"""The pages of reference that `make docs` writes: nothing that there is is missing in them."""

import re
from pathlib import Path

import httpx

from gooddata.cli import main
from website.reference import METHODS, columns, command_line, commands, engine_types, http_api, purposes, table_page

ROOT = Path(__file__).parents[2]


async def test_every_table_of_both_databases_has_its_columns_and_its_purpose(shared):
    databases = {"Raw": await columns(shared.raw_dsn), "Analytics": await columns(shared.analytics_dsn)}
    said = purposes((ROOT / "docs/storage.md").read_text())
    there = {name for tables in databases.values() for name in tables}
    assert there == set(said)
    page = table_page(databases, said)
    assert "### `raw.batch`\n\nTable: a batch: the events of one partition" in page
    assert "### `raw.audit`\n\nTable: who looked, exported, erased\n\n| column |" in page
    for tables in databases.values():
        for name, (_, its_columns) in tables.items():
            part = page.split(f"### `{name}`\n")[1].split("\n### ")[0]
            assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == [column for column, _, _ in its_columns]


async def test_every_path_and_parameter_of_the_api_is_there(server):
    async with httpx.AsyncClient(base_url=server.url) as http:
        described = (await http.get("/api/openapi.json")).json()
    page = http_api(described)
    assert len(described["paths"]) > 50
    for path, operations in described["paths"].items():
        part = page.split(f"\n## `{path}`\n")[1].split("\n## ")[0]
        for method in METHODS:
            for parameter in operations.get(method, {}).get("parameters", []):
                assert f"| `{parameter['name']}` | {parameter['in']} |" in part, path
            assert (f"**`{method.upper()} {path}`**" in part) == (method in operations)


def test_every_command_and_option_is_there():
    page = command_line()
    assert len(list(commands(main, "gooddata"))) > 40
    for path, command in commands(main, "gooddata"):
        part = re.split(r"\n#+ ", page.split(f"# `{path}`\n")[1])[0]
        for option in command.params:
            if option.param_type_name == "option" and not getattr(option, "hidden", False):
                assert option.opts[0] in part, (path, option.name)


def test_every_exported_type_of_the_engine_is_there():
    source = (ROOT / "engine/src/publicApi.ts").read_text()
    page = engine_types(source)
    names = re.findall(r"^export (?:interface|type) (\w+)", source, re.MULTILINE)
    assert len(names) > 8
    for name in names:
        assert page.count(f"\n## {name}\n") == 1
    exported = [line for line in source.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert [line for line in exported if line not in page] == []
