"""How soon does the product answer, and what do its statements read, beside a plain table of the same events?"""

import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from bench.contenders import answering, process_of
from bench.product import cpu_seconds, free_port
from bench.query import plans, report
from bench.query.asking import PATIENCE_SECONDS, Plain, Product, difference
from bench.query.data import Data, Tell, data_at, data_in
from bench.query.questions import Question, questions
from bench.query_data.fill import PROJECT
from gooddata.config import PREFIX
from gooddata.errors import InputError
from gooddata.persistence.projects import renew_keys
from gooddata.sql import statement

_CHECKOUT = Path(__file__).parents[2]
_SIZES = statement(__package__, "sizes")
_SETTINGS = (
    "server_version",
    "shared_buffers",
    "work_mem",
    "random_page_cost",
    "max_parallel_workers_per_gather",
    "jit",
)
_PATIENCE = {"statement_timeout": f"{PATIENCE_SECONDS:.0f}s", "timezone": "UTC", "role": "gooddata_dashboard"}


async def run(
    *,
    events: int,
    days: int,
    seed: int,
    askings: int,
    keep: Path | None,
    dsn: str | None,
    only: str | None,
    plain_seconds: float,
    tell: Tell,
) -> dict[str, Any]:
    """The whole report. `plain_seconds` is for how long each question is put to the plain table; 0: not at all."""
    if dsn:
        async with data_at(dsn, tell, plain_seconds > 0) as data:
            return await measure(data, askings, seed, only, plain_seconds, tell)
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        async with data_in(keep or Path(place), events, days, seed, tell, plain_seconds > 0) as data:
            return await measure(data, askings, seed, only, plain_seconds, tell)


async def measure(
    data: Data, askings: int, seed: int, only: str | None, plain_seconds: float, tell: Tell
) -> dict[str, Any]:
    """Puts the questions whose name has `only` (a regular expression) in it. Raises InputError where none has."""
    asked = [each for each in questions(data.since, data.until) if only is None or re.search(only, each.name)]
    if not asked:
        raise InputError(f"no question's name has {only!r} in it", "only")
    owner = await asyncpg.connect(data.analytics_dsn)
    try:
        key = (await renew_keys(owner, PROJECT)).read_key
        lines, serving = await _ask_product(data, owner, key, asked, askings, seed, tell)
        if plain_seconds > 0:
            await _ask_plain(data, lines, asked, askings, seed, plain_seconds, tell)
        settings = {name: await owner.fetchval(f"SHOW {name}") for name in _SETTINGS}
        sizes = await _sizes(owner, data.events)
    finally:
        await owner.close()
    told = [line for line, _ in lines]
    return {
        "bench": "query",
        "cores": os.cpu_count(),
        "events": data.events,
        "sessions": data.sessions,
        "days": (data.until - data.since).days,
        "seed": seed,
        "settings": settings,
        "serving": serving,
        "bytes_per_event": sizes,
        "kinds": report.summary(told),
        "questions": told,
    }


Line = tuple[dict[str, Any], Any]  # what is reported, and the product's answer


async def _ask_product(
    data: Data, owner: Any, key: str, asked: Sequence[Question], askings: int, seed: int, tell: Tell
) -> tuple[list[Line], dict[str, float | None]]:
    """Lines, and what became of the server: how long its very first page took, and the most memory that it had."""
    answers = []
    async with _served(data, key) as (product, roots):
        first = await product.ask(
            next(each for each in questions(data.since, data.until) if each.kind == "page"), 1, seed
        )
        whole = bool(first.took) and first.status == 200
        serving = {"first_page_ms": round(first.took[0], 1) if whole else None}
        for question in asked:
            before = cpu_seconds(*roots)
            answered = await product.ask(question, askings, seed)
            after = cpu_seconds(*roots)
            spent = {name: (after[name] - before.get(name, 0.0)) / max(1, len(answered.took)) * 1e3 for name in after}
            answers.append((question, answered, {name: round(ms, 1) for name, ms in spent.items() if ms >= 0.05}))
            tell(f"{question.name}: {report.said(answered)}")
        serving["most_memory_mb"] = _most_memory_mb(roots[0])
    read: dict[str, plans.Read | None] = {}
    if data.log is not None:
        database = await owner.fetchval("SELECT quote_ident(current_database())")
        await _execute(owner, plans.ON, database)
        try:
            async with _served(data, key) as (product, _):
                for question, answered, _ in answers:
                    if answered.status == 200 and not (answered.ignored or answered.late):
                        read[question.name] = await product.explain(question, plans.Log(data.log), seed)
        finally:
            await _execute(owner, plans.OFF, database)
    lines = [
        (report.of_question(question, answered, cpu, read.get(question.name)), answered)
        for question, answered, cpu in answers
    ]
    return lines, serving


def _most_memory_mb(pid: int) -> float:
    """The most that a process had in memory so far, by Linux's account of it."""
    status = Path(f"/proc/{pid}/status").read_text()
    return round(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1_024, 1)


async def _ask_plain(
    data: Data, lines: Sequence[Line], asked: Sequence[Question], askings: int, seed: int, seconds: float, tell: Tell
) -> None:
    pool = await asyncpg.create_pool(data.analytics_dsn, min_size=1, max_size=8, server_settings=_PATIENCE)
    try:
        plain = Plain(pool, seconds)
        for question, (line, answered) in zip(asked, lines, strict=True):
            if not plain.can(question, seed):
                continue
            beside = await plain.ask(question, askings, seed)
            read = None if beside.late else await plain.explain(question, seed)
            line |= report.beside(beside, read, difference(question, answered, beside))
            tell(f"{question.name}, plain table: {report.said(beside)}")
    finally:
        await pool.close()


@asynccontextmanager
async def _served(data: Data, key: str) -> AsyncIterator[tuple[Product, tuple[int, ...]]]:
    """A `gooddata serve`, and the processes whose time is the answers'."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gooddata-bench-") as place:
        settings = {"RAW_DSN": data.raw_dsn, "ANALYTICS_DSN": data.analytics_dsn, "DATA": place}
        environment = {PREFIX + name: value for name, value in settings.items()} | {"PYTHONPATH": str(_CHECKOUT)}
        command = [sys.executable, "-m", "gooddata", "serve", "--port", str(port)]
        with process_of(command, environment, Path(place)) as process:
            product = Product(await answering(port, process), key)
            try:
                yield product, (process.pid, *([data.postgres.pid] if data.postgres else []))
            finally:
                await product.close()


async def _execute(owner: Any, statements: Sequence[str], database: str) -> None:
    for each in statements:
        await owner.execute(each.format(database=database))


async def _sizes(owner: Any, events: int) -> dict[str, dict[str, float]]:
    """Bytes an event: of the product's tables, of all their indexes, and the same of the plain table."""
    told: dict[str, dict[str, float]] = {}
    rows = await owner.fetch(_SIZES)
    for schema, name in (("analytics", "product"), ("plain", "plain")):
        own = [row for row in rows if row["schema"] == schema]
        tables = {row["name"].partition(".")[2]: round(row["bytes"] / events, 1) for row in own}
        told[name] = {table: size for table, size in sorted(tables.items()) if size >= 0.5} | {
            "indexes": round(sum(row["indexes"] for row in own) / events, 1),
            "all": round(sum(row["bytes"] for row in own) / events, 1),
        }
    return told
