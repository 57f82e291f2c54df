"""Asks, and measures: the product over HTTP, the plain table over connections of its own."""

import asyncio
import time
from collections.abc import Sequence
from random import Random
from typing import Any

import asyncpg
import httpx
import msgspec

from bench.query import plain
from bench.query.plans import EXPLAIN, Log, Read
from bench.query.questions import Asking, Question, headline

_EXPLAINED = 3
PATIENCE_SECONDS = 120.0  # of an answer, on either side
_UNKNOWN_FILTER = ("filter", "no-such-dimension==x")


class Answered(msgspec.Struct):
    """What askings took, in milliseconds, and the first one's answers; `different`: how many were not alike.

    `status` is another than 200 where there was no answer, `late` where it was not waited for any longer; `ignored`
    says that filters make no difference: then nothing was measured."""

    took: list[float] = []
    answers: list[Any] = []
    status: int = 200
    ignored: bool = False
    late: bool = False
    different: int = 0


class Product:
    """The query API of a running server."""

    def __init__(self, url: str, read_key: str, connections: int = 16) -> None:
        limits = httpx.Limits(max_connections=connections)
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/",
            headers={"authorization": f"Bearer {read_key}"},
            limits=limits,
            timeout=PATIENCE_SECONDS,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, question: Question, askings: int, seed: int) -> Answered:
        """Asks `askings` times, one after the other, or once where there is no answer."""
        answered, asked = Answered([], []), set()
        rng = Random(f"{seed}/{question.name}")
        if question.filters and await self._ignores_filters(question.ask(Random(0))):
            answered.ignored = True
            return answered
        for number in range(askings):
            asking = question.ask(rng)
            asked.add(msgspec.json.encode(asking.requests))
            started = time.perf_counter()
            try:
                got = await self._together(asking)
            except httpx.TimeoutException:
                answered.late = True
                break
            answered.took.append((time.perf_counter() - started) * 1e3)
            if failed := [each.status_code for each in got if each.status_code != 200]:
                answered.status = failed[0]
                break
            if number == 0:
                answered.answers = [msgspec.json.decode(each.content) for each in got]
        answered.different = len(asked)
        return answered

    async def explain(self, question: Question, log: Log, seed: int) -> Read | None:
        """What an asking reads, on the average of some."""
        rng, total = Random(f"{seed}/{question.name}"), Read()
        await asyncio.sleep(0.05)
        log.plans()
        for _ in range(_EXPLAINED):
            if any(each.status_code != 200 for each in await self._together(question.ask(rng))):
                return None
        await asyncio.sleep(0.05)
        for plan in log.plans():
            total.add(plan)
        by_table = {
            table: round(rows / _EXPLAINED) for table, rows in sorted(total.by_table.items()) if rows >= _EXPLAINED
        }
        return Read(
            round(total.statements / _EXPLAINED),
            sum(by_table.values()),
            round(total.blocks_in_buffers / _EXPLAINED),
            round(total.blocks_from_system / _EXPLAINED),
            by_table,
        )

    async def _together(self, asking: Asking) -> Sequence[httpx.Response]:
        return await asyncio.gather(
            *(self._client.get(path, params=httpx.QueryParams(tuple(asked))) for path, asked in asking.requests)
        )

    async def _ignores_filters(self, asking: Asking) -> bool:
        """Whether a filter that cannot be right is let pass."""
        path, asked = asking.requests[0]
        parameters = httpx.QueryParams([*(each for each in asked if each[0] != "filter"), _UNKNOWN_FILTER])
        return (await self._client.get(path, params=parameters)).status_code == 200


class Plain:
    """The plain table, asked by SQL; statements that belong together at the same time."""

    def __init__(self, pool: asyncpg.Pool, seconds: float) -> None:
        self._pool, self._seconds = pool, seconds

    def can(self, question: Question, seed: int) -> bool:
        """Whether there are statements for a question."""
        return bool(question.ask(Random(seed)).statements)

    async def ask(self, question: Question, askings: int, seed: int) -> Answered:
        """Asks with the parameters that the product is asked with, until the time is over, but once at least."""
        answered, rng = Answered([], []), Random(f"{seed}/{question.name}")
        until = time.perf_counter() + self._seconds
        for number in range(askings):
            started = time.perf_counter()
            try:
                rows = await asyncio.gather(*(self._run(each) for each in question.ask(rng).statements))
            except asyncpg.QueryCanceledError:
                answered.late = True
                break
            answered.took.append((time.perf_counter() - started) * 1e3)
            if number == 0:
                answered.answers = rows
            if time.perf_counter() > until:
                break
        answered.different = len(answered.took)
        return answered

    async def explain(self, question: Question, seed: int) -> Read:
        """What the first asking reads, which was answered in time."""
        read = Read()
        for each in question.ask(Random(f"{seed}/{question.name}")).statements:
            [row] = await self._run(plain.Statement(EXPLAIN + each.sql, each.arguments))
            read.add(msgspec.json.decode(row[0])[0]["Plan"])
        return read

    async def _run(self, asked: plain.Statement) -> Any:
        return await self._pool.fetch(asked.sql, *asked.arguments)


def difference(question: Question, product: Answered, beside: Answered) -> float | None:
    """How far the product's first answer is from the plain table's, as a share; None where they do not compare."""
    if not product.answers or not beside.answers or len(product.answers) > 1:
        return None
    own, other = headline(question.kind, product.answers[0]), plain.headline(question.kind, beside.answers[0])
    return None if own is None or not other else round(own / other - 1, 6)
