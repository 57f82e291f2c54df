"""A project on a server of its own, ruled from the command line as its owner would."""

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from gooddata.persistence.embedded import EmbeddedPostgres
from gooddata.persistence.projects import Project
from tests.conftest import Databases, Processes, fresh_databases, new_project


class Site:
    def __init__(self, http: httpx.AsyncClient, processes: Processes, databases: Databases, shop: Project) -> None:
        self.http, self.processes, self.databases, self.shop = http, processes, databases, shop

    def command(self, *arguments: str, refused: bool = False, input: str | None = None) -> str:
        """What `gooddata` with these arguments says: on standard output, or on standard error if it is to refuse."""
        done = subprocess.run(
            [sys.executable, "-m", "gooddata", *arguments],
            env=self.processes.environment,
            capture_output=True,
            text=True,
            input=input,
        )
        assert (done.returncode != 0) is refused, done.stderr
        return done.stderr if refused else done.stdout

    async def rule(self, *arguments: str, input: str | None = None) -> str:
        """Changes the rules, and waits until the server has looked again, as a key it does not know makes it do."""
        said = self.command(*arguments, input=input)
        await self.http.post("/v1/batch", json={"writeKey": str(uuid.uuid4()), "batch": []})
        return said

    async def set_plan(self, plan: Any) -> str:
        return await self.rule("plan", "set", self.shop.project, "-", input=json.dumps(plan))

    async def send(self, *events: Any, path: str = "/v1/batch", headers: Any = None, **body: Any) -> Any:
        """The receipt."""
        sent = {"writeKey": self.shop.write_key} | ({"batch": events} if path == "/v1/batch" else events[0]) | body
        answer = await self.http.post(path, json=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ledger(self) -> Any:
        """What was counted, which adds up."""
        answer = await self.http.get("/api/ledger", headers={"Authorization": f"Bearer {self.shop.read_key}"})
        counted = answer.json()
        refused = sum(counted["rejected"].values()) + sum(counted["dropped"].values())
        assert counted["received"] == counted["stored"] + counted["duplicate"] + refused
        return counted

    async def raw(self, question: str, *arguments: Any) -> list[Any]:
        """The rows that the raw database answers to its owner."""
        return await _fetch(self.databases.raw_dsn, question, *arguments)

    async def stored(self, columns: str = "*", order: str = "id") -> list[Any]:
        """The events of the project in the raw database, as its view shows them."""
        question = f"SELECT {columns} FROM raw.events WHERE project_id = $1 ORDER BY {order}"
        return await self.raw(question, self.shop.project)

    async def analytics(self, question: str, *arguments: Any) -> list[Any]:
        """The rows that the analytics database answers to its owner."""
        return await _fetch(self.databases.analytics_dsn, question, *arguments)

    async def settled(self) -> None:
        """Waits until workers have applied what is in the log."""
        for _ in range(400):
            heads = dict(await self.raw("SELECT partition, head FROM raw.partition"))
            if heads == dict(await self.analytics("SELECT partition, seq FROM analytics.cursor")):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the worker does not catch up")


async def _fetch(dsn: str, question: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    try:
        return await connection.fetch(question, *arguments)
    finally:
        await connection.close()


class SharedServer:
    """A server that the tests of a module share; each has a site of its own there, with its own further processes."""

    def __init__(self, processes: Processes, databases: Databases, url: str) -> None:
        self._processes, self._databases, self._url = processes, databases, url

    @asynccontextmanager
    async def site(self) -> AsyncIterator[Site]:
        processes = Processes(self._databases, self._processes.data)
        processes.environment = dict(self._processes.environment)
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as http:
            yield Site(http, processes, self._databases, await new_project(self._databases))
        processes.end()


@asynccontextmanager
async def shared_server(postgres: EmbeddedPostgres, data: Path, **settings: str) -> AsyncIterator[SharedServer]:
    """A server with these settings on fresh databases; `template` is to be there."""
    async with fresh_databases(postgres) as databases:
        processes = Processes(databases, data)
        processes.environment |= {f"GOODDATA_{name.upper()}": value for name, value in settings.items()}
        try:
            server = await processes.serve()
            yield SharedServer(processes, databases, server.url)
        finally:
            processes.end()


@asynccontextmanager
async def unserved_site(processes: Processes, databases: Databases) -> AsyncIterator[Site]:
    """A project without a server, for commands alone; by the secret that makes hashes of people."""
    processes.environment["GOODDATA_SECRET"] = "known"
    async with httpx.AsyncClient() as http:
        yield Site(http, processes, databases, await new_project(databases))


@asynccontextmanager
async def opened_site(processes: Processes, databases: Databases, *roles: str) -> AsyncIterator[Site]:
    """A project on a server of its own, with processes of these roles beside it."""
    for role in roles:
        processes.start(role)
    server = await processes.serve()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        yield Site(http, processes, databases, await new_project(databases))
