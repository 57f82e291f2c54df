"""The Python client: events in through `POST /v1/batch`, answers out of the query API.

    async with Client("http://127.0.0.1:8000", key) as client:
        receipt = await client.send([{"type": "track", "name": "Order Completed", "visitor": "v1"}])

A request that meets a refused connection, a time-out, a 429 or a 5xx is sent again, the same bytes under the same event
ids, so that an event that had arrived after all is answered as a duplicate and counts once.
"""

import asyncio
import gzip
import random
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from gooddata import __version__
from gooddata.errors import ConfigurationError, GoodDataError

MAX_EVENTS = 1_000
MAX_BODY_BYTES = 1_000_000
"""What the API takes in one request; it answers 413 to more."""

_GZIP_ABOVE = 4_096
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)

Event = Mapping[str, Any]
T = TypeVar("T")


class ApiError(GoodDataError):
    """The API's refusal, in its own words; `status` is None when it could not be reached at all."""

    def __init__(self, message: str, status: int | None = None, code: str | None = None, field: str | None = None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


class Rejection(msgspec.Struct, frozen=True):
    """One event that was refused: its place in the batch, its id, the field that is wrong, and why."""

    index: int
    reason: str
    id: str | None = None
    field: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What became of a batch, in events; accepted + duplicate + spooled + dropped + len(rejected) is what was sent."""

    accepted: int = 0
    duplicate: int = 0
    spooled: int = 0
    rejected: list[Rejection] = []
    token: str | None = None
    dropped: int = 0


class Client:
    """A connection pool to one GoodData server, under one key.

    `key` is a write key for `send`, or the project's read key for `send(imported=True)` and for queries. `patience` is
    for how many seconds a request that cannot be served now is tried again.
    """

    def __init__(
        self, url: str, key: str, *, project: str | None = None, patience: float = 60.0, connections: int = 8
    ) -> None:
        address = httpx.URL(url)
        if address.scheme not in ("http", "https") or not address.host:
            raise ConfigurationError(f"{url!r} is not the address of a server; write it like http://127.0.0.1:8000")
        loopback = address.host in _LOOPBACK
        self._project = project
        self._patience = patience
        # Over loopback there is no bandwidth to save, only a CPU that both sides share; and no proxy to go through.
        self._gzip_above = None if loopback else _GZIP_ABOVE
        self._http = httpx.AsyncClient(
            base_url=address,
            headers={"Authorization": f"Bearer {key}", "User-Agent": f"gooddata-python/{__version__}"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            timeout=_TIMEOUT,
            trust_env=not loopback,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends its connections, where it is not used in an `async with`."""
        await self._http.aclose()

    async def send(
        self, events: Sequence[Event], *, context: Mapping[str, Any] | None = None, imported: bool = False
    ) -> Receipt:
        """Send up to MAX_EVENTS events as one request; `context` is shared by all of them.

        An event without an id gets one, and one without a timestamp the present time, before the first try.
        `imported` uses the import scope, which takes timestamps of any age and needs the project's read key.
        Raises ApiError when the API refuses the request, or cannot be reached for `patience` seconds.
        """
        if not events:
            return Receipt()
        return await self.send_encoded([encode(event) for event in events], context=context, imported=imported)

    async def send_encoded(
        self,
        events: Sequence[bytes],
        *,
        context: Mapping[str, Any] | None = None,
        imported: bool = False,
        replayed: bool = False,
    ) -> Receipt:
        """As `send`, for events that `encode` has made into JSON, so that a caller can know their size.

        `replayed` says of imported events that the server keeps them as rejected: it keeps no second copy of those that
        it refuses again.
        """
        headers = {"Content-Type": "application/json"}
        if imported:
            headers["X-GoodData-Import"] = "1"
        if replayed:
            headers["X-GoodData-Replay"] = "1"
        frame = msgspec.json.encode({"sentAt": _now(), "context": context or {}})
        body = b'%b,"batch":[%b]}' % (frame[:-1], b",".join(events))
        if self._gzip_above is not None and len(body) > self._gzip_above:
            body = await asyncio.to_thread(gzip.compress, body, 5)
            headers["Content-Encoding"] = "gzip"
        return _decoded(await self._request("POST", "/v1/batch", content=body, headers=headers), Receipt)

    async def overview(self, **query: Any) -> dict[str, Any]:
        """Totals of the period `from_` to `to` (ISO 8601 or epoch milliseconds) and of the one before it.

        Here and below, `filter` is one filter of sessions or a list of them: `source==google|bing`, `page~/blog/`.
        """
        return await self._get("/api/overview", query)

    async def timeseries(self, *, interval: str = "hour", **query: Any) -> dict[str, Any]:
        """Counts per `minute`, `hour`, `day`, `week` or `month` of the time zone `tz`, without gaps."""
        return await self._get("/api/timeseries", {"interval": interval, **query})

    async def breakdown(self, dimension: str, *, limit: int = 10, **query: Any) -> dict[str, Any]:
        """The top values of page, entry, exit, source, campaign, event, goal, device, browser or country."""
        return await self._get("/api/breakdown", {"dimension": dimension, "limit": limit, **query})

    async def funnel(self, *steps: str, within_hours: int = 24, **query: Any) -> dict[str, Any]:
        """How many visitors had an event of each step, in order, such as `page==/pricing`; `by` a dimension."""
        return await self._get("/api/funnel", {"step": list(steps), "within_hours": within_hours, **query})

    async def retention(self, *, by: str = "week", cohorts: int = 8, **query: Any) -> dict[str, Any]:
        """How many of the visitors who were new in each day, week or month were there again in later ones."""
        return await self._get("/api/retention", {"by": by, "cohorts": cohorts, **query})

    async def paths(self, anchor: str, *, direction: str = "after", **query: Any) -> dict[str, Any]:
        """Which pages come after, or before, a page or event."""
        return await self._get("/api/paths", {"anchor": anchor, "direction": direction, **query})

    async def behaviour(self, *, limit: int = 10, **query: Any) -> dict[str, Any]:
        """Clicks in vain by element, forms given up, attention, Web Vitals and errors, each by page."""
        return await self._get("/api/behaviour", {"limit": limit, **query})

    async def sessions(self, *, limit: int = 50, **query: Any) -> dict[str, Any]:
        """The newest sessions with their scores; `cursor` takes what `next` of an answer said."""
        return await self._get("/api/sessions", {"limit": limit, **query})

    async def segment_rules(self, **query: Any) -> dict[str, Any]:
        """The segments that analysts have saved: filters, and within how many days."""
        return await self._get("/api/segments/rules", query)

    async def segment_size(self, segment: str, **query: Any) -> dict[str, Any]:
        """How many visitors were in a saved segment on each day from `from_` to `to`, 30 days by default."""
        return await self._get(f"/api/segments/rules/{segment}/size", query)

    async def segment_members(
        self, segment: str, *, limit: int = 100_000, **query: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Each visitor who is in a saved segment now, `limit` asked for at a time."""
        given = {"project": self._project, **query, "format": "ndjson", "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        while True:
            answer = await self._request("GET", f"/api/segments/rules/{segment}/members", params=params)
            for line in answer.content.splitlines():
                yield msgspec.json.decode(line, type=dict[str, Any])
            if "x-gooddata-next" not in answer.headers:
                return
            params["cursor"] = answer.headers["x-gooddata-next"]

    async def session(self, session: str, **query: Any) -> dict[str, Any]:
        """One session, by the id that `sessions` gives, with its timeline."""
        return await self._get(f"/api/sessions/{session}", query)

    async def live(self, **query: Any) -> dict[str, Any]:
        """Who is here now."""
        return await self._get("/api/live", query)

    async def events(self, *, limit: int = 100, **query: Any) -> dict[str, Any]:
        """Which events there were, by name, beside the period before."""
        return await self._get("/api/events", {"limit": limit, **query})

    async def event_timeseries(self, event: str, *, interval: str = "hour", **query: Any) -> dict[str, Any]:
        """The events of one name and their visitors, by step of time as in `timeseries`."""
        return await self._get("/api/events/timeseries", {"event": event, "interval": interval, **query})

    async def properties(self, event: str, **query: Any) -> dict[str, Any]:
        """Which properties the events of one name have. Here and below, `where` is a condition on events or a list of
        them: `colour==red`."""
        return await self._get("/api/properties", {"event": event, **query})

    async def property_values(self, event: str, property: str, *, limit: int = 10, **query: Any) -> dict[str, Any]:
        """The most frequent values of a property, and of numbers how they spread."""
        asked = {"event": event, "property": property, "limit": limit, **query}
        return await self._get("/api/properties/values", asked)

    async def models(self, **query: Any) -> dict[str, Any]:
        """Every trained model with its held-out figures."""
        return await self._get("/api/models", query)

    async def model_card(self, task: str, version: int, **query: Any) -> str:
        """The card of one version of a model, in Markdown."""
        return (await self._asked(f"/api/models/{task}/{version}/card", query)).text

    async def anomalies(self, **query: Any) -> dict[str, Any]:
        """What was out of the ordinary from `since` on, which is a week ago by default."""
        return await self._get("/api/anomalies", query)

    async def insights(self, **query: Any) -> dict[str, Any]:
        """Sentences on what changed, with the numbers behind each."""
        return await self._get("/api/insights", query)

    async def segments(self, **query: Any) -> dict[str, Any]:
        """Groups of visitors that behave alike."""
        return await self._get("/api/segments", query)

    async def automation(self, **query: Any) -> dict[str, Any]:
        """The share of sessions from `since` on that are programs'."""
        return await self._get("/api/automation", query)

    async def recommendations(self, item: str = "", **query: Any) -> dict[str, Any]:
        """What is trending, or what belongs to an item; and how good what is recommended to visitors is."""
        return await self._get("/api/recommendations", {"item": item, **query})

    async def returns(self, **query: Any) -> dict[str, Any]:
        """Who is expected back, and who is likely to stay away."""
        return await self._get("/api/returns", query)

    async def feedback(self, **query: Any) -> dict[str, Any]:
        """What was shown to visitors, and what came of it beside those held out."""
        return await self._get("/api/feedback", query)

    async def feedback_items(self, **query: Any) -> dict[str, Any]:
        """Items that were shown one by one, and what each earned."""
        return await self._get("/api/feedback/items", query)

    async def ledger(self, **query: Any) -> dict[str, Any]:
        """received, stored, duplicate, rejected and dropped by reason, in events."""
        return await self._get("/api/ledger", query)

    async def ask(self, path: str, **query: Any) -> dict[str, Any]:
        """Any other question, by its path as `/api/openapi.json` has it, such as `/api/overview`."""
        return await self._get(path, query)

    async def _get(self, path: str, query: Mapping[str, Any]) -> dict[str, Any]:
        return _decoded(await self._asked(path, query), dict[str, Any])

    async def _asked(self, path: str, query: Mapping[str, Any]) -> httpx.Response:
        given = {"project": self._project, **query}
        params = {name.rstrip("_"): value for name, value in given.items() if value is not None}
        return await self._request("GET", path, params=params)

    async def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        deadline = time.monotonic() + self._patience
        longest = _FIRST_PAUSE
        while True:
            asked = 0.0
            try:
                response = await self._http.request(method, path, **parts)
            except httpx.TransportError as failure:
                kind = type(failure).__name__
                error = ApiError(f"{self._http.base_url} cannot be reached ({kind}: {failure}); is the server running?")
            else:
                if response.is_success:
                    return response
                error = _refusal(response)
                if response.status_code != 429 and response.status_code < 500:
                    raise error
                asked = _retry_after(response)
            # Half of the pause is chance, so that clients that failed together do not come back together.
            pause = max(asked, longest * random.uniform(0.5, 1.0))
            if time.monotonic() + pause > deadline:
                raise error
            await asyncio.sleep(pause)
            longest = min(_LONGEST_PAUSE, longest * 2)


def encode(event: Event) -> bytes:
    """The event as JSON, with an id and a timestamp where it has none."""
    if not ("id" in event or "messageId" in event):
        event = {"id": str(uuid.uuid4()), **event}
    if "timestamp" not in event:
        event = {**event, "timestamp": _now()}
    return msgspec.json.encode(event)


# What answers list, by the names under which they do.
_LISTS = (
    "rows", "steps", "cohorts", "sessions", "properties", "models", "anomalies", "insights", "segments", "rules",
    "examples", "recommendations", "at_risk", "interventions", "items",
)  # fmt: skip


def rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an answer lists, a dictionary for each, as `pandas.DataFrame` and `polars.DataFrame` take it: the steps of a
    series or funnel, the values of a breakdown, sessions. Raises ValueError for an answer that lists nothing."""
    if "t" in answer:
        columns = {name: values for name, values in answer.items() if isinstance(values, list)}
        return [dict(zip(columns, step, strict=True)) for step in zip(*columns.values(), strict=True)]
    for name in _LISTS:
        if isinstance(answer.get(name), list):
            return answer[name]
    raise ValueError(f"this answer lists nothing; it has {', '.join(answer)}")


def _now() -> int:
    return time.time_ns() // 1_000_000


def _retry_after(response: httpx.Response) -> float:
    """Seconds the server asked to wait; dates, which our API never sends, count as none."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def _decoded(response: httpx.Response, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError:
        raise ApiError(f"{response.url} did not answer as GoodData does; is it another server?") from None


def _refusal(response: httpx.Response) -> ApiError:
    try:
        said = msgspec.json.decode(response.content, type=dict[str, dict[str, Any]])["error"]
    except (msgspec.DecodeError, KeyError):
        said = {}
    message = said.get("message") or f"the server answered {response.status_code} {response.reason_phrase}"
    return ApiError(message, response.status_code, said.get("code"), said.get("field"))
