"""One HTTP server for ingestion, for serving, or for both on one port."""

import asyncio
import gc
import logging
import resource
import signal
import ssl
import tempfile
from collections.abc import Coroutine, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from gooddata.config import PREFIX, WITHOUT_OPERATOR, Settings, environment_of
from gooddata.door import Endpoint, EndpointOf, House
from gooddata.doors import Listening, close_doors, open_doors, samples, sweep
from gooddata.eventlog.open import open_log
from gooddata.ingestion import limits
from gooddata.ingestion.cookieless import DailySalts
from gooddata.ingestion.dialects.endpoint import DIALECT_PATHS, DialectApi, route_of
from gooddata.ingestion.endpoint import PATHS, IngestionApi
from gooddata.ingestion.flush import GroupCommit
from gooddata.ingestion.intake import Intake
from gooddata.ingestion.keys import Keys
from gooddata.ingestion.rules.book import RuleBook
from gooddata.ingestion.rules.violations import Violations
from gooddata.ingestion.sender import Proxies
from gooddata.ingestion.spool import claim_spools
from gooddata.inside.answered import Answered
from gooddata.inside.endpoint import MetricsApi
from gooddata.inside.listener import PATH as METRICS
from gooddata.inside.metrics import Metrics
from gooddata.inside.process import inside_of
from gooddata.inside.requests import Requests
from gooddata.inside.traces import Traces
from gooddata.owners_means import means_of
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.ports import require_free_port
from gooddata.serving.alerts.outbox import means_of as alert_means_of
from gooddata.serving.app import Serving
from gooddata.serving.callers import Callers
from gooddata.serving.holdouts import Holdouts
from gooddata.serving.pages import DemoConfig
from gooddata.serving.recommendations_api import PATH as RECOMMENDATIONS
from gooddata.serving.recommender import Recommender
from gooddata.serving.safe_headers import SafeHeaders
from gooddata.serving.store import Store
from gooddata.supervisor import Role, Supervisor
from gooddata.tls import certificate_of

STOP_SECONDS = 3.0
ASKED_SECONDS = 0.5  # between looks into the databases for metrics

logger = logging.getLogger(__name__)


async def run_server(settings: Settings, *, ingest: bool, serve: bool, demo: DemoConfig | None = None) -> None:
    """Answers requests until SIGINT or SIGTERM. Raises ConfigurationError when a database or the port is not usable."""
    require_free_port(settings.host, settings.port)
    certificate = certificate_of(settings)
    raw_dsn, analytics_dsn = settings.require_dsns()
    pseudonyms = Pseudonyms(settings.secret_bytes())
    background: list[Coroutine[Any, Any, None]] = []
    endpoint_of: EndpointOf = _no_endpoint
    app: Any = _nothing_but_health
    served: Serving | None = None
    commits: GroupCommit | None = None
    requests = Requests(settings.log_requests)
    async with AsyncExitStack() as stack:
        inside = await stack.enter_async_context(inside_of(settings, "serve" if serve else "ingest", tells=True))
        if serve:
            store = await Store.open(raw_dsn, analytics_dsn, settings.log)
            stack.push_async_callback(store.close)
            recommender = _recommender(settings, stack, inside.metrics)
            holdouts = await Holdouts.open(store.analytics)
            means = means_of(settings, ingest, lambda: commits.spooled if commits else None)
            served = Serving(
                store,
                analytics_dsn,
                pseudonyms,
                demo or DemoConfig(None, None),
                recommender,
                holdouts,
                means,
                settings.query_mb * 1_048_576,
                alert_means_of(settings, settings.secret_bytes()),
                _callers(settings),
            )
            app = SafeHeaders(served.app)
            endpoint_of = served.endpoints.get
            inside.metrics.add("serving", served.numbers.samples)
            inside.metrics.add("databases", served.numbers.of_installation, every=ASKED_SECONDS)
            background += [served.run()]
        if ingest:
            log = await open_log(settings.log, raw_dsn, "gooddata_ingest", size=2)
            stack.push_async_callback(log.close)
            await log.make_room()
            violations = Violations(raw_dsn)
            rules = RuleBook(settings.data / "ingest-rules.json", violations)
            keys = Keys(analytics_dsn, settings.data / "ingest-keys.json", rules)
            await keys.refresh()
            spool, left = claim_spools(settings.data / "spool", settings.spool_mb * 1_048_576)
            commits = GroupCommit(
                log, settings.dedup_window, settings.rejected_bytes, pseudonyms, spool, left, inside.traces
            )
            await commits.warm()
            salts = DailySalts(raw_dsn)
            await salts.renew()
            newest_scores = served.newest_scores if served else _no_scores
            intake = Intake(commits, keys, salts, pseudonyms, settings, newest_scores)
            inside.metrics.add("commits", commits.samples)
            inside.metrics.add("intake", intake.samples)
            endpoint_of = _either(endpoint_of, _endpoints(intake))
            background += [log.keep_room(), commits.run(), keys.run(), salts.run(), violations.run()]
        _collect_garbage_rarely()
        most_connections = _allow_many_connections()
        if certificate is not None:
            background += [certificate.keep()]
        tls = certificate.context if certificate else None
        endpoint_of = _either({METRICS.encode(): MetricsApi(inside.metrics, inside.token)}.get, endpoint_of)
        house = await _opened(
            Answered(app, requests, inside.traces),
            endpoint_of,
            settings,
            requests,
            inside.traces,
            tls,
            most_connections,
        )
        inside.metrics.add("doors", lambda: samples(house[1]))
        await _answer_until_stopped(*house, background)


def _collect_garbage_rarely() -> None:
    """What a request makes has no cycles and goes at once; looking for cycles after every 700 objects, as Python does,
    took a tenth of the time of ingestion."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _allow_many_connections() -> int:
    """As many as the system lets this process have; the usual soft limit of 1,024 is for programs that use select().

    Connections leave some descriptors: a process that has none left can neither write its spool nor reach a database.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY:
        return limits.CONNECTIONS
    connections = min(limits.CONNECTIONS, max(most - limits.KEPT_DESCRIPTORS, most // 2))
    if connections < limits.CONNECTIONS // 2:
        logger.warning(
            "this process may open %d files, so it takes %d connections at a time: raise its limit (ulimit -Hn)",
            most,
            connections,
        )
    return connections


def _no_scores(project: str, visitor: str) -> bytes | None:
    """For a server that hears of no scores, since it does not serve them."""


def _recommender(settings: Settings, stack: AsyncExitStack, metrics: Metrics) -> Recommender:
    """Asks a process of its own, so that no answer holds up events; it is started when somebody first asks."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gooddata-")))
    supervisor = Supervisor(environment_of(settings), logger.warning)
    stack.push_async_callback(supervisor.stop)
    arguments = ["recommend", "--socket", str(folder / "recommender")]
    (folder / "metrics").mkdir()
    metrics.add_neighbours(folder / "metrics")
    told_at = {f"{PREFIX}METRICS_LISTEN": f"unix:{folder / 'metrics' / 'recommend'}"}
    recommend = Role("recommender", arguments, {**WITHOUT_OPERATOR, **told_at})
    recommender = Recommender(folder / "recommender", lambda: supervisor.start(recommend))
    stack.callback(recommender.close)
    return recommender


def _callers(settings: Settings) -> Callers:
    proxies = Proxies(settings.trusted_proxies)
    return Callers(lambda connected, forwarded: str(proxies.sender(connected, forwarded)), proxies.trusts)


def _no_endpoint(path: bytes) -> None:
    """For a server that answers nothing straight at the door."""


def _either(one: EndpointOf, other: EndpointOf) -> EndpointOf:
    return lambda path: one(path) or other(path)


def _endpoints(intake: Intake) -> EndpointOf:
    """What of ingestion answers a path."""
    native = dict.fromkeys((path.encode() for path in PATHS), IngestionApi(intake))
    dialects = DialectApi(intake)

    def endpoint_of(path: bytes) -> Endpoint | None:
        return native.get(path) or (dialects if route_of(path.decode("latin-1")) else None)

    return endpoint_of


async def _nothing_but_health(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application for a server that ingests alone."""
    is_health = scope["path"] in ("/healthz", "/readyz")
    body = b"ok\n" if is_health else b"there is nothing here\n"
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200 if is_health else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _opened(
    app: Any,
    endpoint_of: EndpointOf,
    settings: Settings,
    requests: Requests,
    traces: Traces | None,
    tls: ssl.SSLContext | None,
    most_connections: int,
) -> tuple[Listening, House]:
    # What has no name here is of a dialect, and may have a key in its path.
    named: Iterable[str] = (*PATHS, *DIALECT_PATHS, METRICS, RECOMMENDATIONS.decode())
    routes = {path.encode(): path for path in named}
    return await open_doors(
        app, endpoint_of, settings.host, settings.port, requests, traces, routes, tls, most_connections
    )


async def _answer_until_stopped(server: Listening, house: House, background: list[Coroutine[Any, Any, None]]) -> None:
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    stopping = asyncio.create_task(stop.wait())
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(coroutine) for coroutine in [*background, sweep(house)]]
    try:
        # Whichever ends first decides: a signal, or a background task, only by a failure, which is raised.
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await close_doors(server, house, STOP_SECONDS)
        for task in [stopping, *tasks]:
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
