"""The command `gooddata`: reads settings, wires the stages, starts them."""

import asyncio
import sys
from pathlib import Path

import asyncpg
import click

from gooddata import __version__
from gooddata.command_line import (
    FAILED,
    INTERRUPTED,
    OPERATORS,
    OWNERS,
    SEEN,
    SEEN_AT_A_PORT,
    Commands,
    as_json,
    in_analytics,
    located,
    run,
    running_url,
    stop_requested,
    with_settings,
)
from gooddata.commands.account import account
from gooddata.commands.alert import alert
from gooddata.commands.archive import archive
from gooddata.commands.backup import backup
from gooddata.commands.bench import bench
from gooddata.commands.doctor import doctor
from gooddata.commands.erase import erase
from gooddata.commands.evaluate import evaluate
from gooddata.commands.events import events
from gooddata.commands.export import export
from gooddata.commands.identity import identity
from gooddata.commands.items import items
from gooddata.commands.model import model
from gooddata.commands.move import move
from gooddata.commands.plan import plan
from gooddata.commands.project import project
from gooddata.commands.rebuild import rebuild
from gooddata.commands.rejected import rejected
from gooddata.commands.restore import restore
from gooddata.commands.retention import retention
from gooddata.config import Settings
from gooddata.errors import ConfigurationError
from gooddata.inside import logs

TLS = ("tls_certificate", "tls_key")
INGESTION = (
    "late_days",
    "dedup_window_hours",
    "spool_mb",
    "rate_limit",
    "rejected_bytes",
    "trusted_proxies",
    "country_header",
    "geoip_database",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__)
def main() -> None:
    """GoodData: behavioural events in, predictions back in the visitor's browser within a second."""
    logs.configure("text", "gooddata")


@main.command()
@with_settings("port", "host", *TLS, "data", "partitions", "log_format", "log_requests")
@click.option("--demo", is_flag=True, help="with a demo shop and simulated shoppers, labelled so")
@click.option("--json", "json_", is_flag=True, help="print one line of JSON once everything answers")
def up(settings: Settings, demo: bool, json_: bool) -> None:
    """Start everything on this machine, and keep it running until Ctrl-C."""
    from gooddata import up as whole

    def ready(running: whole.Running) -> None:
        whole.keep_running(settings.data, running)
        if json_:
            as_json({name: getattr(running, name) for name in whole.ANNOUNCED})
        else:
            click.echo(whole.welcome(running, demo))
        sys.stdout.flush()

    # The embedded server must be started from the main thread of a plain asyncio loop; nothing here is hot.
    asyncio.run(whole.up(settings, demo=demo, ready=ready, say=logs.say))


main.add_command(project)


@main.command()
@with_settings("host", "port", *TLS, "data", *SEEN_AT_A_PORT, *INGESTION)
def ingest(settings: Settings) -> None:
    """Take events in over HTTP: the ingestion role alone."""
    from gooddata.server import run_server

    run(run_server(located(settings), ingest=True, serve=False))


@main.command()
@with_settings("data", *SEEN)
def work(settings: Settings) -> None:
    """Turn batches into sessions, rollups and scores: the worker role. Start as many as you like."""
    from gooddata.eventlog.open import open_log
    from gooddata.inside.process import inside_of
    from gooddata.intelligence import worker
    from gooddata.intelligence.numbers import Worked
    from gooddata.persistence.pseudonym import Pseudonyms

    raw_dsn, analytics_dsn = located(settings).require_dsns()

    async def until_stopped() -> None:
        async with inside_of(settings, "work") as inside:
            worked = Worked(worker.DEFAULTS.visitors)
            inside.metrics.add("worker", worked.samples)
            log = await open_log(settings.log, raw_dsn, worker.ROLE)
            try:
                pseudonyms, stop = Pseudonyms(settings.secret_bytes()), stop_requested()
                await worker.run(log, analytics_dsn, pseudonyms, stop, worked=worked, traces=inside.traces)
            finally:
                await log.close()

    run(until_stopped())


main.add_command(archive)


@main.command()
@with_settings("host", "port", *TLS, "data", "ingest_url", "smtp_from", "webhook_private", *SEEN_AT_A_PORT, *INGESTION)
@click.option("--ingest", "ingest_", is_flag=True, help="take events in on the same port, too")
@click.option("--demo", is_flag=True, help="serve the demo shop, reporting to the project that up --demo made")
def serve(settings: Settings, ingest_: bool, demo: bool) -> None:
    """Serve the query API, the dashboard and feedback to browsers: the serving role."""
    from gooddata.persistence.kept_projects import kept_project
    from gooddata.server import run_server
    from gooddata.serving.pages import DemoConfig

    shop = None
    if demo:
        kept = kept_project(settings.data, "demo")
        if kept is None:
            raise ConfigurationError(f"{settings.data} keeps no demo project; start with: gooddata up --demo")
        shop = DemoConfig(kept.project, kept.write_key)
    run(run_server(located(settings), ingest=ingest_, serve=True, demo=shop))


@main.command()
@with_settings("data")
@click.option("--socket", required=True, type=click.Path(path_type=Path), help="Unix socket to answer on")
def recommend(settings: Settings, socket: Path) -> None:
    """Say what may come next for visitors: a process that serve starts by itself when somebody asks."""
    from gooddata.inside.process import inside_of
    from gooddata.intelligence.recommend import process

    _, analytics_dsn = located(settings).require_dsns()

    async def until_stopped() -> None:
        async with inside_of(settings, "recommend"):
            await process.run(analytics_dsn, socket, stop_requested())

    run(until_stopped())


@main.command()
@with_settings("data", "partitions")
def migrate(settings: Settings) -> None:
    """Make or upgrade both databases, roles included, and the event log where it is on NATS."""
    from gooddata.eventlog.open import make_log
    from gooddata.persistence.migrate import migrate as apply

    raw_dsn, analytics_dsn = located(settings).require_dsns()

    async def both_and_the_log() -> list[str]:
        applied = await apply(raw_dsn, analytics_dsn, partitions=settings.partitions)
        await make_log(settings.log, raw_dsn, analytics_dsn, settings.dedup_window)
        return applied

    applied = run(both_and_the_log())
    click.echo("\n".join(f"applied {name}" for name in applied) or "both databases are up to date")


@main.command()
@with_settings("data")
@click.argument("file")
@click.option(
    "--format",
    "format_",
    required=True,
    type=click.Choice(["retailrocket", "combined", "ndjson", "posthog", "umami", "ga4"]),
)
@click.option("--project", "project_", required=True, help="project to replay into")
@click.option("--speed", default="max", show_default=True, help="max, or a multiple of the original speed, as 10x")
@click.option("--shift", help="now: the last event happens now; or a span to add, as 90d or 12h")
@click.option("--url", help="where GoodData answers  [default: the one that runs on the data folder]")
@click.option("--json", "json_", is_flag=True, help="print the report as JSON")
def replay(
    settings: Settings,
    file: str,
    format_: str,
    project_: str,
    speed: str,
    shift: str | None,
    url: str | None,
    json_: bool,
) -> None:
    """Send a real event log through the HTTP API. FILE may be plain, .gz or .xz, or - for standard input."""
    from gooddata.persistence.projects import make_import_key
    from gooddata.replay import command

    async def make(connection: asyncpg.Connection) -> str:
        return await make_import_key(connection, project_)

    key = run(in_analytics(settings, OPERATORS, make))
    report = command.run(file, format_, url=url or running_url(settings), key=key, speed=speed, shift=shift)
    if json_:
        as_json(report)
    else:
        click.echo(str(report))
    if report.stopped:
        sys.exit(INTERRUPTED if report.stopped == "interrupted" else FAILED)


main.add_command(account)
main.add_command(alert)
main.add_command(events)
main.add_command(erase)
main.add_command(evaluate)
main.add_command(export)
main.add_command(identity)
main.add_command(items)
main.add_command(model)
main.add_command(move)
main.add_command(plan)
main.add_command(rejected)
main.add_command(rebuild)
main.add_command(retention)
main.add_command(backup)
main.add_command(restore)


@main.command()
@with_settings("data", "training_mb", "training_scheduler", *SEEN)
@click.option("--project", "project_", help="only this project")
@click.option("--watch", is_flag=True, help="keep running, and train again when enough has been added")
@click.option("--json", "json_", is_flag=True)
def train(settings: Settings, project_: str | None, watch: bool, json_: bool) -> None:
    """Train the models on the sessions in the analytics database, and say how good they are."""
    from gooddata.intelligence import training

    _, analytics_dsn = located(settings).require_dsns()
    if watch:
        run(_keep_learning(settings, analytics_dsn))
        return

    def tell(project: str, stage: str) -> None:
        click.echo(f"{project}: {stage} ...", err=True)

    reports = run(training.train_all(analytics_dsn, project_, settings.training_mb, tell, settings.training_scheduler))
    if json_:
        as_json(reports)
    else:
        for report in reports:
            click.echo(training.in_words(report))


async def _keep_learning(settings: Settings, analytics_dsn: str) -> None:
    from gooddata.inside.process import inside_of
    from gooddata.intelligence import training
    from gooddata.intelligence.job_numbers import JobNumbers
    from gooddata.intelligence.jobs import keep_done
    from gooddata.intelligence.standing import JOBS

    async with inside_of(settings, "train") as inside:
        numbers = JobNumbers()
        inside.metrics.add("jobs", numbers.samples)
        await asyncio.gather(
            training.keep_trained(analytics_dsn, settings.training_mb, settings.training_scheduler, numbers),
            keep_done(analytics_dsn, JOBS, numbers),
        )


@main.command()
@with_settings("data")
@click.option("--url", help="where GoodData answers  [default: the one that runs on the data folder]")
@click.option("--seed", default=7, show_default=True)
def shoppers(settings: Settings, url: str | None, seed: int) -> None:
    """Let simulated shoppers, labelled so, walk the demo shop through the HTTP API."""
    from gooddata.persistence.kept_projects import kept_project
    from gooddata.replay.shoppers import run_shoppers

    kept = kept_project(settings.data, "demo")
    if kept is None:
        raise ConfigurationError(f"{settings.data} keeps no demo project; start with: gooddata up --demo")
    run(run_shoppers(url or running_url(settings), kept.write_key, kept.read_key, seed=seed))


main.add_command(doctor)
main.add_command(bench)


@main.command("sign-in")
@with_settings("data")
def sign_in(settings: Settings) -> None:
    """Print a new one-time link that signs a browser in to the dashboard."""
    from gooddata.serving.access import make_link_token

    token = run(in_analytics(settings, OWNERS, make_link_token))
    click.echo(f"{running_url(settings)}/sign-in?token={token}")
