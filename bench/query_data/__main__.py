"""`python -m bench.query_data`: fills an analytics database, and prints as JSON what is in it."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import click

from bench.query_data.fill import Filled, fill
from gooddata.command_line import as_json
from gooddata.persistence.migrate import migrate_one


@click.command()
@click.option("--events", default=50_000_000, show_default=True, type=click.IntRange(min=1_000), help="about so many")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 1_000), help="that they are spread over")
@click.option(
    "--dsn", required=True, help="owner's DSN of an analytics database; made and migrated where it is not there"
)
@click.option("--seed", default=1, show_default=True, help="the same seed makes the same data")
@click.option("--until", default=None, help="the day after the last one, as 2026-11-27  [default: today]")
def main(events: int, days: int, dsn: str, seed: int, until: str | None) -> None:
    """A shop's last months in analytics, as workers would have stored them."""
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    end = end.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)

    async def filled() -> Filled:
        await migrate_one(dsn, "analytics")
        connection = await asyncpg.connect(dsn)
        try:
            told = await fill(
                connection, events=events, days=days, seed=seed, until=end, tell=lambda line: click.echo(line, err=True)
            )
            await connection.execute("VACUUM (ANALYZE)")
            return told
        finally:
            await connection.close()

    as_json(asyncio.run(filled()))


if __name__ == "__main__":
    main()
