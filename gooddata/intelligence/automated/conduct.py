"""What one session did, as far as it tells people from programs."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec
from asyncpg.pgproto.pgproto import UUID

from gooddata.intelligence.facts.fact import CLICKS, PAGE_VIEWS, Fact
from gooddata.intelligence.facts.vectors import FIELDS
from gooddata.intelligence.moments import DAY_MS, HOUR_MS

_ASSETS = (
    ".css", ".js", ".mjs", ".map", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".avif", ".woff", ".woff2",
    ".ttf", ".eot", ".mp3", ".mp4", ".webm", ".ogg",
)  # fmt: skip
_ROBOTS = frozenset({"/robots.txt", "/sitemap.xml", "/sitemap.xml.gz", "/sitemap_index.xml", "/ads.txt"})
_PROBED = ("/.env", "/.git", "/wp-login", "/xmlrpc.php", "/phpmyadmin", "/etc/passwd", "/vendor/phpunit")
_FEEDS = (".rss", ".atom", ".rdf", "/feed", "/rss", "/atom", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
# What a replayed log calls a request that has shown no page.
_REQUEST = "Request"
_SIGNS = CLICKS | {
    "$scroll", "$rage_click", "$dead_click", "$cursor_thrash", "$exit_intent", "$copy", "$search", "$form_abandon",
}  # fmt: skip
_MOVED = tuple(
    place
    for place, field in enumerate(FIELDS.fields)
    if field.name in ("scroll_distance", "clicks", "pointer_distance", "form_fields")
)


class Watched(msgspec.Struct):
    """A session and its facts, in order; `earlier` are the starts (epoch ms) of its visitor's sessions in the 24 hours
    before it. `declared` is whether it says of itself, or by its user agent, that it is a program."""

    session_id: UUID
    visitor: UUID
    started_at: int
    declared: bool
    facts: Sequence[Fact]
    earlier: Sequence[int] = ()
    last_event: UUID | None = None


class Conduct(msgspec.Struct):
    """Counts of a session: `signs` are events that only somebody at a screen causes, `failed` requests that showed no
    page, `page_times` and `starts` (of the visitor's sessions within 24 hours, this one included) are epoch ms."""

    pages: int = 0
    assets: int = 0
    failed: int = 0
    feeds: int = 0
    robots: int = 0
    probes: int = 0
    signs: int = 0
    errors: int = 0
    events: int = 0
    referred: bool = False
    entry_depth: int = 0
    lasted_ms: int = 0
    hour: int = 0
    page_times: list[int] = []
    starts: list[int] = []
    paths: Counter[str] = msgspec.field(default_factory=Counter)


def conduct(watched: Watched) -> Conduct:
    """Reads the facts once. Neither `automated` nor what comes of the user agent (device, browser) is looked at."""
    told = Conduct(starts=[*sorted(watched.earlier), watched.started_at])
    first_page: Fact | None = None
    for fact in watched.facts:
        path = (fact.path or "").lower()
        told.events += 1
        if fact.type in PAGE_VIEWS:
            told.pages += 1
            told.page_times.append(fact.at)
            told.paths[path] += 1
            first_page = first_page or fact
        elif path.endswith(_ASSETS):
            told.assets += 1
        elif fact.name == _REQUEST:
            told.failed += 1
        if path in _ROBOTS:
            told.robots += 1
        if fact.type not in PAGE_VIEWS and path.startswith(_PROBED):
            told.probes += 1
        if path.endswith(_FEEDS):
            told.feeds += 1
        if fact.name == "$error":
            told.errors += 1
        if _is_sign(fact):
            told.signs += 1
    if watched.facts:
        entry = first_page or watched.facts[0]
        told.referred = entry.source is not None or entry.campaign is not None
        told.entry_depth = (entry.path or "").strip("/").count("/") + bool((entry.path or "").strip("/"))
        told.lasted_ms = watched.facts[-1].at - watched.facts[0].at
    told.hour = watched.started_at % DAY_MS // HOUR_MS
    return told


def _is_sign(fact: Fact) -> bool:
    if fact.name in _SIGNS or (fact.scroll or 0) > 0 or (fact.engaged_ms or 0) > 0:
        return True
    return fact.vector is not None and any(fact.vector[place] > 0 for place in _MOVED)


def evenness(times: Sequence[int], least: int) -> float | None:
    """How even the gaps between `times` are: 1 as a clock's, 0 as chance's (an exponential's), below for bursts.

    None of fewer than `least` gaps, or where all is in one moment.
    """
    gaps = [after - before for before, after in pairwise(times)]
    if len(gaps) < least:
        return None
    mean = sum(gaps) / len(gaps)
    if mean <= 0:
        return None
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    return 1.0 - deviation / mean
