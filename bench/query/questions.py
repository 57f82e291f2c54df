"""The questions: what is asked over HTTP, with other parameters every time, and the same in SQL of the plain table."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from bench.query import plain
from bench.query_data import mix

DIMENSIONS = ("page", "entry", "exit", "source", "campaign", "country", "device", "browser", "event", "goal")
SPANS = (7, 30, 90)
FILTERS = ("", "one filter", "two filters")
# Of these the plain table is asked, too: the others cost it the same.
_BESIDE = ("page", "entry", "source", "event")
# The breakdowns that the overview page opens with; its other tabs are asked when they are clicked.
_OF_PAGE = ("page", "source", "device", "goal")
_FUNNEL = ("Product Viewed", "Product Added", "Order Completed")
_PROPERTIES = ("product", "category", "value")
_ONE = ("source", "country", "device", "page")
_TWO = (("source", "device"), ("country", "browser"), ("page", "source"))

Parameters = list[tuple[str, str]]
Filters = list[tuple[str, str]]  # dimension and value


class Asking(msgspec.Struct, frozen=True):
    """One asking: `requests` that go out together, and the statements of the plain table that answer the same."""

    requests: list[tuple[str, Parameters]]
    statements: list[plain.Statement]


class Question(msgspec.Struct, frozen=True):
    """`ask` makes an asking; `target_ms`: what its 95th percentile should be at most; `filters`: it has some."""

    name: str
    kind: str
    ask: Callable[[Random], Asking]
    target_ms: int | None = None
    filters: bool = False


def questions(since: datetime, until: datetime) -> list[Question]:
    """All of them, for data from `since` to `until`."""
    kinds = (_overviews, _breakdowns, _journeys, _into_events, _pages)
    return [question for of_kind in kinds for question in of_kind(since, until)]


def _overviews(since: datetime, until: datetime) -> Iterator[Question]:
    for filters in FILTERS:
        for days in SPANS:

            def overview(rng: Random, days: int = days, filters: str = filters) -> Asking:
                start, end = period(rng, since, until, days)
                chosen = choose(rng, filters)
                before = [plain.overview(start - (end - start), start, chosen)]
                return Asking(
                    [("overview", [*_of(start, end), *_filters(chosen)])], [plain.overview(start, end, chosen), *before]
                )

            yield Question(_name("overview", days, filters), "overview", overview, 100, bool(filters))
        for step, days in (("hour", 7), ("day", 30), ("day", 90)):

            def timeseries(rng: Random, step: str = step, days: int = days, filters: str = filters) -> Asking:
                start, end = period(rng, since, until, days)
                chosen = choose(rng, filters)
                asked = [*_of(start, end), ("interval", step), *_filters(chosen)]
                return Asking([("timeseries", asked)], [plain.timeseries(start, end, step, chosen)])

            yield Question(_name(f"timeseries by {step}", days, filters), "timeseries", timeseries, 100, bool(filters))


def _breakdowns(since: datetime, until: datetime) -> Iterator[Question]:
    for dimension in DIMENSIONS:
        for filters in FILTERS:
            for days in SPANS:

                def ask(rng: Random, dimension: str = dimension, days: int = days, filters: str = filters) -> Asking:
                    start, end = period(rng, since, until, days)
                    chosen = choose(rng, filters)
                    asked = [*_of(start, end), ("dimension", dimension), *_filters(chosen)]
                    beside = [plain.breakdown(start, end, dimension, chosen)] if dimension in _BESIDE else []
                    return Asking([("breakdown", asked)], beside)

                yield Question(_name(f"breakdown by {dimension}", days, filters), "breakdown", ask, 100, bool(filters))


def _journeys(since: datetime, until: datetime) -> Iterator[Question]:
    def funnel(rng: Random) -> Asking:
        start, end = period(rng, since, until, 30)
        page = _value(rng, "page")
        steps = [f"page=={page}", *(f"event=={name}" for name in _FUNNEL)]
        asked = [*_of(start, end), *(("step", step) for step in steps), ("within_hours", "24")]
        return Asking([("funnel", asked)], [plain.journey("funnel", start, end, page, *_FUNNEL)])

    def retention(rng: Random) -> Asking:
        start, end = period(rng, since, until, 56)
        return Asking(
            [("retention", [*_of(start, end), ("by", "week"), ("cohorts", "8")])],
            [plain.journey("retention", start, end)],
        )

    def paths(rng: Random) -> Asking:
        start, end = period(rng, since, until, 30)
        page = _value(rng, "page")
        asked = [*_of(start, end), ("anchor", f"page=={page}"), ("direction", "after"), ("depth", "3"), ("limit", "8")]
        return Asking([("paths", asked)], [plain.journey("paths", start, end, page)])

    yield Question("funnel of 4 steps, 30 days", "funnel", funnel, 1_000)
    yield Question("retention by week, 8 weeks", "retention", retention, 1_000)
    yield Question("paths after a page, 30 days", "paths", paths)


def _into_events(since: datetime, until: datetime) -> Iterator[Question]:
    paths = {
        "names of events": "events",
        "properties of an event": "properties",
        "values of a property": "properties/values",
    }
    for filters in FILTERS[:2]:
        for days in (7, 90):
            for what, path in paths.items():

                def ask(rng: Random, path: str = path, days: int = days, filters: str = filters) -> Asking:
                    start, end = period(rng, since, until, days)
                    asked = [*_of(start, end), *_filters(choose(rng, filters))]
                    if path != "events":
                        asked.append(("event", rng.choice(_FUNNEL[:2])))
                    if path == "properties/values":
                        asked.append(("property", rng.choice(_PROPERTIES)))
                    return Asking([(path, asked)], [])

                yield Question(_name(what, days, filters), "into events", ask, 1_000, bool(filters))


def _pages(since: datetime, until: datetime) -> Iterator[Question]:
    for filters in FILTERS[:2]:
        for days in (7, 30):

            def page(rng: Random, days: int = days, filters: str = filters) -> Asking:
                start, end = period(rng, since, until, days)
                chosen = choose(rng, filters)
                asked = [*_of(start, end), *_filters(chosen)]
                earlier = start - (end - start)
                before = [*_of(earlier, start), *_filters(chosen)]
                step = "hour" if days == 7 else "day"
                requests: list[tuple[str, Parameters]] = [
                    ("overview", asked),
                    ("timeseries", [*asked, ("interval", step)]),
                    ("timeseries", [*before, ("interval", step)]),
                    *(("breakdown", [*asked, ("dimension", dimension)]) for dimension in _OF_PAGE),
                    ("live", []),
                    # Anomalies are of all visitors: they are not drawn where there are filters.
                    *([] if chosen else [("anomalies", [("since", _milliseconds(start))])]),
                ]
                statements = [
                    plain.overview(start, end, chosen),
                    plain.overview(earlier, start, chosen),
                    plain.timeseries(start, end, step, chosen),
                    plain.timeseries(earlier, start, step, chosen),
                    *(plain.breakdown(start, end, dimension, chosen) for dimension in _OF_PAGE),
                ]
                return Asking(requests, statements)

            yield Question(_name("the whole overview page", days, filters), "page", page, 300, bool(filters))


def period(rng: Random, since: datetime, until: datetime, days: int) -> tuple[datetime, datetime]:
    """So many days up to some minute within the data, or a day or two less where there are no more."""
    whole = round((until - since) / timedelta(minutes=1))
    length = min(days * 1_440, whole - rng.randrange(1, min(2_880, whole // 2)))
    end = until - timedelta(minutes=rng.randrange(whole - length))
    return end - timedelta(minutes=length), end


def choose(rng: Random, filters: str) -> Filters:
    """Dimensions and values, frequent ones more often, as people do."""
    if not filters:
        return []
    dimensions: Sequence[str] = [rng.choice(_ONE)] if filters == "one filter" else rng.choice(_TWO)
    return [(dimension, _value(rng, dimension)) for dimension in dimensions]


def _value(rng: Random, dimension: str) -> str:
    values: dict[str, list[str]] = {
        "source": ["direct", *mix.SOURCES[1:]],
        "country": mix.COUNTRIES[1:],
        "device": mix.DEVICES,
        "browser": mix.BROWSERS,
        "page": mix.paths()[:200],
    }
    return values[dimension][min(int(rng.paretovariate(0.9)) - 1, len(values[dimension]) - 1)]


def _name(what: str, days: int, filters: str) -> str:
    return f"{what}, {days} days" + (f", {filters}" if filters else "")


def _of(start: datetime, end: datetime) -> Parameters:
    return [("from", _milliseconds(start)), ("to", _milliseconds(end))]


def _filters(chosen: Filters) -> Parameters:
    return [("filter", f"{dimension}=={value}") for dimension, value in chosen]


def _milliseconds(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1_000))


def headline(kind: str, answer: Any) -> float | None:
    """The number of an answer that is compared with the plain table's: events, or those of the greatest value."""
    if kind == "overview":
        return float(answer["events"])
    if kind == "timeseries":
        return float(sum(answer["events"]))
    if kind == "breakdown" and answer["rows"] and "events" in answer["rows"][0]:
        return float(answer["rows"][0]["events"])
    if kind == "funnel":
        return float(answer["visitors"])
    return None
