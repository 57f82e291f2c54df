"""`gooddata retention`: for how long what is kept."""

import asyncpg
import click

from gooddata.command_line import OWNERS, SEEN, as_json, in_analytics, located, run, with_settings
from gooddata.config import Settings
from gooddata.errors import GoodDataError
from gooddata.persistence.retention.terms import KINDS, Terms, days_of, read_terms, say_term


@click.group()
def retention() -> None:
    """For how long raw events, sessions and counts are kept, by project. Without a term, for ever."""


@retention.command("set", epilog="\b\n" + "\n".join(f"{kind:9} {what}" for kind, what in KINDS.items()))
@with_settings("data")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("term")
@click.option("--project", help="this project; without it, all that have no term of their own")
def set_(settings: Settings, kind: str, term: str, project: str | None) -> None:
    """Keep KIND for TERM: days as 90d, forever, or usual (what holds for all, instead of a project's own term)."""
    run(in_analytics(settings, OWNERS, lambda connection: say_term(connection, project, kind, term)))
    whose = "all projects that have no term of their own" if project is None else project
    kept = {"forever": "for ever", "usual": "as usual"}.get(term, f"for {days_of(term)} days")
    click.echo(f"{kind} of {whose}: kept {kept}; what is past that goes with: gooddata retention apply")


@retention.command()
@with_settings("data")
@click.option("--json", "json_", is_flag=True)
def show(settings: Settings, json_: bool) -> None:
    """Show the terms in force, by project."""
    terms: Terms = run(in_analytics(settings, OWNERS, read_terms))
    if json_:
        as_json({"others": terms.others, "projects": {p: {k: terms.of(p, k) for k in KINDS} for p in terms.projects}})
        return
    width = max([len("all others"), *map(len, terms.projects)])
    click.echo("  ".join([" " * width, *(f"{kind:>8}" for kind in KINDS)]))
    for project in terms.projects:
        click.echo("  ".join([f"{project:{width}}", *(f"{_told(terms.of(project, kind)):>8}" for kind in KINDS)]))
    click.echo("  ".join([f"{'all others':{width}}", *(f"{_told(terms.others.get(kind)):>8}" for kind in KINDS)]))


@retention.command()
@with_settings("data", *SEEN)
@click.option("--watch", is_flag=True, help="keep running, and do it every hour, as gooddata up does by itself")
@click.option("--json", "json_", is_flag=True, help="print what went as JSON")
def apply(settings: Settings, watch: bool, json_: bool) -> None:
    """End what is past its term, with the operator's rights."""
    from gooddata.persistence.retention.keep import end_what_is_due

    if watch:
        run(_keep(located(settings)))
    try:
        ended = run(end_what_is_due(*located(settings).require_dsns()))
    except asyncpg.LockNotAvailableError:
        raise GoodDataError("what is past its term is being read, by an export or a dump: run it again then") from None
    if ended is None:
        raise GoodDataError("retention is being applied by another process already")
    if json_:
        as_json(ended)
        return
    for name in ended.windows:
        click.echo(f"dropped {name}")
    for kind, counts in ended.rows.items():
        for project, rows in counts.items():
            click.echo(f"{kind} of {project or 'all projects'}: {rows:,} removed")
    if not ended:
        click.echo("nothing is past its term")


async def _keep(settings: Settings) -> None:
    from gooddata.inside.process import inside_of
    from gooddata.persistence.retention.keep import keep_terms
    from gooddata.persistence.retention.numbers import RetentionNumbers

    async with inside_of(settings, "retention") as inside:
        numbers = RetentionNumbers()
        inside.metrics.add("retention", numbers.samples)
        await keep_terms(*settings.require_dsns(), numbers)


def _told(days: int | None) -> str:
    return "for ever" if days is None else f"{days}d"
