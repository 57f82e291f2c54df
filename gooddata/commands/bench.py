"""`gooddata bench`: what an event costs here, from its arrival to its scores."""

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

import click

from gooddata.command_line import Commands, as_json
from gooddata.errors import ConfigurationError


@click.group(cls=Commands)
def bench() -> None:
    """Measure this machine: what an event costs, and how long its sender waits. Needs a source checkout."""


@bench.command("ingest")
@click.option("--batches", default="1,20,20_segment,500", show_default=True, help="inputs, by events in a request")
@click.option("--seconds", default=8.0, show_default=True, type=click.FloatRange(min=0.5), help="of each stretch")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1), help="of which medians are taken")
@click.option("--json", "json_", is_flag=True, help="print the whole report as JSON")
def bench_ingest(batches: str, seconds: float, rounds: int, json_: bool) -> None:
    """Measure ingestion, from HTTP in to committed, beside an Express server that does the same job."""
    ingestion, report = _from_checkout("bench.ingest"), _from_checkout("bench.report")
    # In a plain asyncio loop, since it starts embedded servers.
    measured = asyncio.run(ingestion.run(batches.split(","), seconds=seconds, rounds=rounds))
    if json_:
        as_json(measured)
    else:
        click.echo(report.in_words(measured))


@bench.command("pipeline")
@click.option("--events", default=200_000, show_default=True, type=click.IntRange(min=3_000), help="that are measured")
@click.option(
    "--batch", default=1_000, show_default=True, type=click.IntRange(min=1), help="events in a batch of the log"
)
@click.option(
    "--log",
    type=click.Choice(["postgres", "nats"]),
    default="postgres",
    show_default=True,
    help="nats: one, two and four workers on both logs, side by side, and what ingestion, log and archive take",
)
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(min=1), help="with --log nats")
@click.option("--json", "json_", is_flag=True, help="print the whole report as JSON")
def bench_pipeline(events: int, batch: int, log: str, rounds: int, json_: bool) -> None:
    """Measure the worker, from the log to committed sessions, counts and scores, and the disk that it all takes."""
    pipeline = _from_checkout("bench.pipeline" if log == "postgres" else "bench.past_one_machine")
    measured = asyncio.run(pipeline.run(events, batch) if log == "postgres" else pipeline.run(events, batch, rounds))
    if json_:
        as_json(measured)
    else:
        click.echo(pipeline.in_words(measured))


@bench.command("query")
@click.option("--events", default=1_000_000, show_default=True, type=click.IntRange(min=1_000), help="about so many")
@click.option("--days", default=90, show_default=True, type=click.IntRange(14, 1_000), help="that they are spread over")
@click.option("--seed", default=1, show_default=True, help="of the data and of what is asked")
@click.option("--askings", default=30, show_default=True, type=click.IntRange(min=1), help="of each question")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), help="folder in which the data stays for another time"
)
@click.option("--dsn", help="owner's DSN of an analytics database that bench.query_data has filled; without plans then")
@click.option("--only", help="questions with this regular expression in their names")
@click.option(
    "--plain-seconds",
    default=10.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="for a question; 0: not at all",
)
@click.option("--json", "json_", is_flag=True, help="print the whole report as JSON")
def bench_query(
    events: int,
    days: int,
    seed: int,
    askings: int,
    keep: Path | None,
    dsn: str | None,
    only: str | None,
    plain_seconds: float,
    json_: bool,
) -> None:
    """Measure how soon the query API answers, and what it reads, beside one plain table of the same events."""
    query, report = _from_checkout("bench.query.measure"), _from_checkout("bench.query.report")
    measured = asyncio.run(
        query.run(
            events=events,
            days=days,
            seed=seed,
            askings=askings,
            keep=keep.absolute() if keep else None,
            dsn=dsn,
            only=only,
            plain_seconds=plain_seconds,
            tell=lambda line: click.echo(line, err=True),
        )
    )
    if json_:
        as_json(measured)
    else:
        click.echo(report.in_words(measured))


def _from_checkout(module: str) -> Any:
    """A module of the benchmarks, which stand beside the package in its sources and are in no wheel."""
    root = Path(__file__).parents[2]
    if not (root / "bench" / "__init__.py").exists():
        raise ConfigurationError(
            "benchmarks run from a source checkout, and this gooddata was installed without one: "
            "clone the repository, then: make bench"
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(module)
