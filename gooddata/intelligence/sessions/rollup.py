"""What facts and sessions add to the counts of their minute: of everything, and of each value of each dimension.

An event counts for its own path and name, for its name once more if it is a goal, and for the source, campaign, device,
browser and country of its session, so that a conversion is credited to where the visit came from. A session counts, in
the minute it started, for what it was entered by; it is not counted under the dimensions `event` and `goal`.
"""

from collections.abc import Iterable
from typing import Any

from gooddata.intelligence.facts.fact import PAGE_VIEWS, Fact
from gooddata.intelligence.sessions.state import MONEY, Attributes, SessionState, money

DIMENSIONS = ("", "page", "source", "campaign", "event", "goal", "device", "browser", "country")
MINUTE_MS = 60_000

DIRECT = "direct"
UNKNOWN = "unknown"

# The counts of a cell, by place.
EVENTS, PAGEVIEWS, SESSIONS, BOUNCES, CONVERSIONS, REVENUE, ENGAGED = range(7)

Key = tuple[str, str, int, str]
Credit = tuple[str | None, ...]  # source, campaign, device, browser, country
Row = tuple[Any, ...]


class Rollup:
    """Differences to add to analytics.rollup_minute; revenue is kept in MONEY-ths until the end."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, int, Credit], list[int]] = {}
        self._cells: dict[Key, list[int]] = {}

    def add_facts(self, entry: Attributes, facts: Iterable[Fact], sign: int = 1) -> None:
        """Counts facts of a session that was entered by `entry`; `sign` -1 takes them back."""
        cells = self._cells
        credits = self._sessions
        credit = entry[1:]
        for fact in facts:
            project = fact.project_id
            minute = fact.at // MINUTE_MS
            pageviews = sign if fact.type in PAGE_VIEWS else 0
            conversions = sign if fact.goal else 0
            revenue = sign * money(fact.revenue) if fact.revenue is not None else 0
            engaged = sign * fact.engaged_ms if fact.engaged_ms is not None else 0
            keys: list[tuple[dict[Any, list[int]], Any]] = [
                (credits, (project, minute, credit)),
                (cells, (project, "event", minute, fact.name or fact.type)),
            ]
            if fact.path is not None:
                keys.append((cells, (project, "page", minute, fact.path)))
            if fact.goal:
                keys.append((cells, (project, "goal", minute, fact.name or fact.type)))
            for counted, key in keys:
                counts = counted.get(key)
                if counts is None:
                    counted[key] = [sign, pageviews, 0, 0, conversions, revenue, engaged]
                    continue
                counts[EVENTS] += sign
                if pageviews:
                    counts[PAGEVIEWS] += pageviews
                if conversions:
                    counts[CONVERSIONS] += conversions
                if revenue:
                    counts[REVENUE] += revenue
                if engaged:
                    counts[ENGAGED] += engaged

    def add_session(self, session: SessionState, sign: int = 1) -> None:
        """Counts the start of a session, and that it is a bounce if it is one; `sign` -1 takes that back."""
        self._add_start(session, sign, sign if session.is_bounce() else 0)

    def add_bounce(self, session: SessionState, sign: int) -> None:
        """Counts that a session whose start is counted already has become a bounce, or with -1 is none any more."""
        self._add_start(session, 0, sign)

    def _add_start(self, session: SessionState, sessions: int, bounces: int) -> None:
        amounts = (0, 0, sessions, bounces, 0, 0, 0)
        path = session.entry[0]
        minute = session.started_at // MINUTE_MS
        _add(self._sessions, (session.project, minute, session.entry[1:]), amounts)
        if path is not None:
            _add(self._cells, (session.project, "page", minute, path), amounts)

    def rows(self) -> list[Row]:
        """What differs from zero: project, dimension, minute (epoch ms), value, then the counts, ordered by key.

        Who writes rows in this order cannot deadlock with others who do.
        """
        cells = {key: counts.copy() for key, counts in self._cells.items()}
        for (project, minute, (source, campaign, device, browser, country)), counts in self._sessions.items():
            amounts = tuple(counts)
            _add(cells, (project, "", minute, ""), amounts)
            _add(cells, (project, "source", minute, source or DIRECT), amounts)
            _add(cells, (project, "device", minute, device or UNKNOWN), amounts)
            _add(cells, (project, "browser", minute, browser or UNKNOWN), amounts)
            if campaign is not None:
                _add(cells, (project, "campaign", minute, campaign), amounts)
            if country is not None:
                _add(cells, (project, "country", minute, country), amounts)
        return [
            (
                project,
                dimension,
                minute * MINUTE_MS,
                value,
                *counts[:REVENUE],
                counts[REVENUE] / MONEY,
                counts[ENGAGED],
            )
            for (project, dimension, minute, value), counts in sorted(cells.items())
            if any(counts)
        ]


def _add(cells: dict[Any, list[int]], key: Any, amounts: tuple[int, ...]) -> None:
    counts = cells.get(key)
    if counts is None:
        cells[key] = list(amounts)
        return
    for place, amount in enumerate(amounts):
        if amount:
            counts[place] += amount
