"""Which pages come after, or before, a page or event."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.blocks.block import PAGE_VIEW, Array
from gooddata.serving.columns.choose import Part, Stretch, Wanted, parts
from gooddata.serving.columns.filters import Condition, Filter
from gooddata.serving.columns.threads import each

DIRECTIONS = ("after", "before")
MOST_DEPTH, MOST_VALUES = 5, 20

# Beside the numbers of paths: the visit ends here, or began; a page that is not among those told one by one.
_END, _OTHERS = 0, -1


def paths(
    stretch: Stretch,
    filters: Sequence[Condition],
    since: int,
    until: int,
    anchor: Filter,
    direction: str,
    depth: int,
    limit: int,
) -> dict[str, Any]:
    """From the first event of a visit that is the anchor, the page views one after another, the same page in a row
    counted once: `levels` of `links` with how many sessions took each. null is the end (or beginning) of the visit, ""
    all pages but the `limit` greatest of a level."""
    found: list[list[Array]] = [[] for _ in range(depth)]
    wanted = Wanted.by(anchor, stretch.names)
    sessions = 0
    is_page, is_after = anchor.dimension == "page", direction == "after"
    days = parts(stretch, filters, since, until)
    for levels in each(lambda part: _levels(part, wanted, is_page, is_after, depth), days):
        sessions += len(levels[0])
        before = np.full(len(levels[0]), _OTHERS, "i8")
        for own, links in zip(levels, found, strict=True):
            going = before != _END
            links.append(before[going] << 32 | own[going])
            before = own
    texts = stretch.names["path"].texts
    told: list[dict[str, Any]] = []
    kept = np.array([_OTHERS])
    for links in found:
        merged, kept = _merged(*np.unique(np.concatenate(links or [kept[:0]]), return_counts=True), kept, limit)
        told.append({"links": [_link(link, texts, number, not told) for link, number in merged]})
    return {"sessions": sessions, "levels": told}


def _levels(part: Part, wanted: Wanted, is_page: bool, is_after: bool, depth: int) -> list[Array]:
    """Of each visit with the anchor, the page of each level, _END from where there is none."""
    day = part.day
    # Only visits that have the anchor at all are looked at.
    events, of_events = part.events_of(part.chosen & wanted.visits(day))
    is_view = ((day.flags[events] & PAGE_VIEW) > 0) & (day.path[events] > 0)
    views, visit_of_view = events[is_view], of_events[is_view]
    again = np.zeros(len(views), bool)
    again[1:] = (visit_of_view[1:] == visit_of_view[:-1]) & (day.path[views][1:] == day.path[views][:-1])
    is_anchor = wanted.among(day, events)
    anchors, visit = events[is_anchor], of_events[is_anchor]
    firsts = np.concatenate([[True], visit[1:] != visit[:-1]]) if len(visit) else np.zeros(0, bool)
    anchors, visit = anchors[firsts], visit[firsts]
    views, visit_of_view = views[~again], visit_of_view[~again]
    pages = np.append(day.path[views].astype("i8"), _END)
    of_visit = np.append(visit_of_view.astype("i8"), -1)
    # The view that was on when the anchor came: what follows it comes after, what is before it came before.
    current = np.searchsorted(views, anchors, side="right") - 1
    is_own = (current >= 0) & (of_visit[current] == visit) if len(anchors) else np.zeros(0, bool)
    if is_after:
        steps = [current + 1 + level for level in range(depth)]
    else:
        # An event belongs to the page it is on, which is what came before it; a page view is that page itself.
        is_page_view = is_own & is_page
        steps = [np.where(is_page_view, current - 1, current) - level for level in range(depth)]
    found = []
    for place in steps:
        inside = (place >= 0) & (place < len(views))
        place = np.where(inside, place, len(views))
        found.append(np.where(of_visit[place] == visit, pages[place], _END))
    return found


def _merged(links: Array, numbers: Array, kept: Array, limit: int) -> tuple[list[tuple[tuple[int, int], int]], Array]:
    """Links between pages that are told, and all others by one; the greatest first; and which pages those are."""
    before, value = links >> 32, links & 0xFFFFFFFF
    pages, place = np.unique(value, return_inverse=True)
    sizes = np.bincount(place, numbers, len(pages))
    sizes[pages == _END] = 0
    greatest = np.lexsort((pages, -sizes))[:limit]
    now_kept = np.append(pages[greatest[sizes[greatest] > 0]], [_END, _OTHERS])
    before = np.where(np.isin(before, kept), before, _OTHERS)
    value = np.where(np.isin(value, now_kept), value, _OTHERS & 0xFFFFFFFF)
    merged, place = np.unique(before << 32 | value, return_inverse=True)
    counts = np.bincount(place, numbers, len(merged)).astype("i8")
    order = np.lexsort((merged, -counts))
    pairs = [((link >> 32), _signed(link & 0xFFFFFFFF)) for link in merged[order].tolist()]
    return list(zip(pairs, counts[order].tolist(), strict=True)), now_kept


def _signed(number: int) -> int:
    return _OTHERS if number == _OTHERS & 0xFFFFFFFF else number


def _link(link: tuple[int, int], texts: Sequence[str | None], number: int, is_first: bool) -> dict[str, Any]:
    before, value = (None if each == _END else "" if each == _OTHERS else texts[each] for each in link)
    return ({} if is_first else {"from": before}) | {"value": value, "sessions": number}
