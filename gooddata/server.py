"""One HTTP server for ingestion, for serving, or for both on one port."""

import asyncio
import signal
import socket
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

from gooddata.config import Settings
from gooddata.errors import ConfigurationError
from gooddata.eventlog.postgres import PostgresLog
from gooddata.ingestion.dialects.endpoint import DialectApi, route_of
from gooddata.ingestion.endpoint import PATHS, IngestionApi
from gooddata.ingestion.flush import GroupCommit
from gooddata.ingestion.keys import Keys
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.serving.app import Serving
from gooddata.serving.pages import DemoConfig
from gooddata.serving.rsgi import AsgiOverRsgi
from gooddata.serving.store import Store


async def run_server(settings: Settings, *, ingest: bool, serve: bool, demo: DemoConfig | None = None) -> None:
    """Answers requests until SIGINT or SIGTERM. Raises ConfigurationError when a database or the port is not usable."""
    require_free_port(settings.host, settings.port)
    raw_dsn, analytics_dsn = settings.require_dsns()
    pseudonyms = Pseudonyms(settings.secret_bytes())
    background: list[Coroutine[Any, Any, None]] = []
    async with AsyncExitStack() as stack:
        ingestion = serving = None
        if ingest:
            log = await PostgresLog.open(raw_dsn, "gooddata_ingest", size=2)
            stack.push_async_callback(log.close)
            keys = Keys(analytics_dsn, settings.data / "ingest-keys.json")
            await keys.refresh()
            commits = GroupCommit(log, timedelta(hours=settings.dedup_window_hours))
            await commits.warm()
            ingestion = IngestionApi(commits, keys, pseudonyms, settings.late_days)
            background += [commits.run(), keys.run()]
        if serve:
            store = await Store.open(raw_dsn, analytics_dsn)
            stack.push_async_callback(store.close)
            served = Serving(store, analytics_dsn, pseudonyms, demo or DemoConfig(None, None))
            serving = AsgiOverRsgi(served.app)
            background += [served.run()]
        await _answer_until_stopped(_dispatch(ingestion, serving), settings, background)


def require_free_port(host: str, port: int) -> None:
    """Raises ConfigurationError when something else listens there, or the address is not this machine's."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise ConfigurationError(
                f"cannot listen on {host}:{port} ({failure.strerror}); stop what uses it, or choose another with --port"
            ) from None


def _dispatch(ingestion: IngestionApi | None, serving: AsgiOverRsgi | None) -> Any:
    dialects = None if ingestion is None else DialectApi(ingestion)

    async def app(scope: Any, protocol: Any) -> None:
        if ingestion is not None and scope.path in PATHS:
            await ingestion(scope, protocol)
        elif dialects is not None and route_of(scope.path) is not None:
            await dialects(scope, protocol)
        elif serving is not None:
            await serving(scope, protocol)
        elif scope.path in ("/healthz", "/readyz"):
            protocol.response_str(200, [("content-type", "text/plain")], "ok\n")
        else:
            protocol.response_str(404, [("content-type", "text/plain")], "there is nothing here\n")

    return app


async def _answer_until_stopped(app: Any, settings: Settings, background: list[Coroutine[Any, Any, None]]) -> None:
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
        backlog=2048,
    )
    loop = asyncio.get_running_loop()
    answering = asyncio.create_task(server.serve())
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, server.stop)
    tasks = [answering, *(asyncio.create_task(coroutine) for coroutine in background)]
    try:
        # Whichever ends first decides: the server by a signal, a background task only by a failure, which is raised.
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
