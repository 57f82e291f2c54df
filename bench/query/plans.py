"""What statements read, by the plans that PostgreSQL's auto_explain writes into the server's log."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

# For the connections that are made while it is on. Rows are counted, not timed: that would cost more than it tells.
ON = (
    "ALTER DATABASE {database} SET session_preload_libraries = 'auto_explain'",
    "ALTER DATABASE {database} SET auto_explain.log_min_duration = 0",
    "ALTER DATABASE {database} SET auto_explain.log_analyze = on",
    "ALTER DATABASE {database} SET auto_explain.log_timing = off",
    "ALTER DATABASE {database} SET auto_explain.log_buffers = on",
    "ALTER DATABASE {database} SET auto_explain.log_format = json",
)
OFF = tuple(f"ALTER DATABASE {{database}} RESET {line.split(' SET ')[1].split(' = ')[0]}" for line in ON)

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "

_PLAN = re.compile(r"duration: [\d.]+ ms  plan:\n")


class Read(msgspec.Struct):
    """Rows that scans have read (also those that a filter threw away), in how many statements, and 8 kB blocks."""

    statements: int = 0
    rows: int = 0
    blocks_in_buffers: int = 0
    blocks_from_system: int = 0
    by_table: dict[str, int] = msgspec.field(default_factory=dict)

    def add(self, plan: dict[str, Any]) -> None:
        """Takes in one statement's plan."""
        self.statements += 1
        self.blocks_in_buffers += plan.get("Shared Hit Blocks", 0)
        self.blocks_from_system += plan.get("Shared Read Blocks", 0)
        for table, rows in _scanned(plan):
            self.rows += rows
            self.by_table[table] = self.by_table.get(table, 0) + rows


def _scanned(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if "Relation Name" in node and node["Node Type"].endswith("Scan"):
        thrown = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        rows = (node["Actual Rows"] + thrown) * node["Actual Loops"]
        # Windows of time are partitions: event_20261116 is a part of event.
        yield re.sub(r"_(\d{8}|early)$", "", node["Relation Name"]), round(rows)
    for inner in node.get("Plans", []):
        yield from _scanned(inner)


class Log:
    """Reads what is written into a server's log from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._since = path.stat().st_size

    def plans(self) -> list[dict[str, Any]]:
        """The plans since the last time, in order."""
        with self._path.open("rb") as file:
            file.seek(self._since)
            text = file.read()
        self._since += len(text)
        return list(plans_in(text.decode(errors="replace")))


def plans_in(text: str) -> Iterator[dict[str, Any]]:
    """The plans in a stretch of a log, whose lines after the first of a message begin with a tab."""
    for found in _PLAN.finditer(text):
        lines = []
        for line in text[found.end() :].split("\n"):
            if not line.startswith("\t"):
                break
            lines.append(line[1:])
        plan: dict[str, Any] = msgspec.json.decode("\n".join(lines))["Plan"]
        yield plan
