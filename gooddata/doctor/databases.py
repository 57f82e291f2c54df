"""Each database: whether it answers, is of a version and a shape that fit, has connections left, and tells the time."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from gooddata.doctor.finding import Finding, fail, ok, span, warn
from gooddata.persistence.migrate import migrations

PATIENCE_SECONDS = 5.0
OLDEST, BETTER = 15, 17
FEW_CONNECTIONS, NO_CONNECTIONS = 20, 3
CLOCKS_DIFFER, CLOCKS_ARE_WRONG = 1.0, 60.0
ROLES = {
    "raw": ("gooddata_ingest", "gooddata_worker", "gooddata_operator", "gooddata_ledger"),
    "analytics": ("gooddata_ingest", "gooddata_worker", "gooddata_operator", "gooddata_dashboard"),
}
_LEFT = """SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                  - count(*) FILTER (WHERE backend_type = 'client backend') AS left,
                  current_setting('max_connections')::int AS most FROM pg_stat_activity"""
_THERE = "SELECT rolname AS name, pg_has_role(oid, 'MEMBER') AS ours FROM pg_roles WHERE rolname = ANY ($1::text[])"
_APPLIED = "SELECT version, checksum FROM public.gooddata_migration"
_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"


async def database(kind: str, dsn: str) -> AsyncIterator[Finding]:
    """Of the database `kind`, raw or analytics."""
    name, setting = f"{kind} database", f"GOODDATA_{kind.upper()}_DSN"
    try:
        connection = await asyncpg.connect(dsn, timeout=PATIENCE_SECONDS, command_timeout=PATIENCE_SECONDS)
    except Exception as failure:
        yield _unreachable(name, setting, dsn, failure)
        return
    try:
        yield _version(name, connection)
        yield await _migrated(kind, connection)
        yield await _roles(kind, connection)
        yield await _connections(kind, connection)
        yield await _clock(kind, connection)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as failure:
        yield fail(name, f"it went away while it was looked at ({_text(failure)})", "see the server's log; do it again")
    finally:
        connection.terminate()


def _unreachable(name: str, setting: str, dsn: str, failure: Exception) -> Finding:
    where = _where(dsn)
    if isinstance(failure, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        action = (
            f"correct the login in {setting}, or its password on the server (deploy/make-logins.sh sets them again)"
        )
        return fail(name, f"{where} refuses the login ({_text(failure)})", action)
    if isinstance(failure, asyncpg.InvalidCatalogNameError):
        return fail(name, f"{where} answers, and has no such database", "create it, or run: gooddata migrate")
    if isinstance(failure, asyncpg.TooManyConnectionsError):
        action = "end what holds them (SELECT * FROM pg_stat_activity), or raise max_connections and restart the server"
        return fail(name, f"{where} has no connection left", action)
    if isinstance(failure, asyncpg.CannotConnectNowError):
        return fail(name, f"{where} is starting or stopping ({_text(failure)})", "wait a moment, and do it again")
    if isinstance(failure, TimeoutError):
        action = "see whether the server hangs, or something on the way drops what it does not let through"
        return fail(name, f"{where} does not answer in {PATIENCE_SECONDS:.0f} seconds", action)
    if isinstance(failure, OSError):
        action = f"start the server (on one machine: gooddata up), or correct host and port in {setting}"
        return fail(name, f"{where} cannot be reached ({_text(failure)})", action)
    return fail(
        name,
        f"{where} cannot be used ({_text(failure)})",
        f"correct {setting}: postgresql://login:password@host:5432/name",
    )


def _where(dsn: str) -> str:
    """Host, port and name, and nothing else of a DSN."""
    try:
        parts = urlsplit(dsn)
        return f"{parts.hostname or 'the local socket'}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return "the DSN's server"


def _text(failure: Exception) -> str:
    return str(failure).splitlines()[0] if str(failure) else type(failure).__name__


def _version(name: str, connection: Any) -> Finding:
    version = connection.get_server_version()
    told = f"PostgreSQL {version.major}.{version.minor} answers"
    if version.major < OLDEST:
        return fail(name, told, f"upgrade the server to {OLDEST} or newer; {BETTER} or newer is better")
    return ok(name, told)


async def _migrated(kind: str, connection: Any) -> Finding:
    name = f"{kind} migrations"
    try:
        applied = {row["version"]: row["checksum"] for row in await connection.fetch(_APPLIED)}
    except asyncpg.UndefinedTableError:
        return fail(name, "nothing is made there yet", "run: gooddata migrate")
    except asyncpg.InsufficientPrivilegeError:
        action = "run doctor with the owner's settings: GOODDATA_SETTINGS=migrate.toml gooddata doctor"
        return warn(name, "this login may not see which are applied", action)
    wanted = {each.version: each for each in migrations(kind)}
    if newer := applied.keys() - wanted.keys():
        return fail(name, f"the database is of a newer GoodData (migration {max(newer)})", "use that version")
    if missing := sorted(wanted.keys() - applied.keys()):
        names = ", ".join(wanted[each].name for each in missing)
        return fail(name, f"{len(missing)} of {len(wanted)} are missing: {names}", "run: gooddata migrate")
    if edited := sorted(each for each, checksum in applied.items() if wanted[each].checksum != checksum):
        names = ", ".join(wanted[each].name for each in edited)
        return fail(
            name, f"applied in another form than this version has them: {names}", "use the version that applied them"
        )
    return ok(name, f"all {len(wanted)} are applied")


async def _roles(kind: str, connection: Any) -> Finding:
    name = f"{kind} roles"
    there = {row["name"]: row["ours"] for row in await connection.fetch(_THERE, list(ROLES[kind]))}
    if missing := [role for role in ROLES[kind] if role not in there]:
        return fail(name, f"missing on this server: {', '.join(missing)}", "run: gooddata migrate")
    ours = [role for role in ROLES[kind] if there[role]]
    if not ours:
        action = "GRANT the role of its process to it; docs/deploy.md says which"
        return fail(name, "the login of the DSN is a member of none of them", action)
    return ok(name, f"this login may be {', '.join(ours)}")


async def _connections(kind: str, connection: Any) -> Finding:
    name = f"{kind} connections"
    row = await connection.fetchrow(_LEFT)
    told = f"{row['left']} of {row['most']} are left"
    action = "raise max_connections and restart the server, or end what holds them (SELECT * FROM pg_stat_activity)"
    if row["left"] < NO_CONNECTIONS:
        return fail(name, told, action)
    return warn(name, told, action) if row["left"] < FEW_CONNECTIONS else ok(name, told)


async def _clock(kind: str, connection: Any) -> Finding:
    name = f"{kind} clock"
    ways = []
    for _ in range(3):
        before = time.time()
        theirs = await connection.fetchval(_TIME)
        after = time.time()
        ways.append((after - before, theirs - (before + after) / 2))
    way, differs = min(ways)
    certain = max(abs(differs) - way / 2, 0.0)
    told = f"this machine's clock is {span(abs(differs))} {'behind' if differs > 0 else 'ahead of'} the server's"
    action = "have both set by NTP (timedatectl set-ntp true): events are dated by the clock of who takes them in"
    if certain > CLOCKS_ARE_WRONG:
        return fail(name, told, action)
    if certain > CLOCKS_DIFFER:
        return warn(name, told, action)
    return ok(name, f"this machine's clock and the server's differ by {span(abs(differs) + way / 2)} at most")
