"""Which pages come after, or before, a page or event."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gooddata.blocks.block import PAGE_VIEW, Array
from gooddata.serving.columns.choose import Part, Stretch, matching, parts
from gooddata.serving.columns.filters import Filter

DIRECTIONS = ("after", "before")
MOST_DEPTH, MOST_VALUES = 5, 20

# Beside the numbers of paths: the visit ends here, or began; a page that is not among those told one by one.
_END, _OTHERS = 0, -1


def paths(
    stretch: Stretch,
    filters: Sequence[Filter],
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
    counts: list[dict[tuple[int, int], int]] = [{} for _ in range(depth)]
    sessions = 0
    for part in parts(stretch, filters, since, until):
        levels = _levels(part, stretch, anchor, direction == "after", depth)
        sessions += len(levels[0])
        before = np.full(len(levels[0]), _OTHERS, "i8")
        for level, own in enumerate(levels):
            going = before != _END
            pairs, numbers = np.unique((before[going] + 1 << 32) | own[going], return_counts=True)
            for pair, number in zip(pairs.tolist(), numbers.tolist(), strict=True):
                link = (pair >> 32) - 1, pair & 0xFFFFFFFF
                counts[level][link] = counts[level].get(link, 0) + number
            before = own
    texts = stretch.names["path"].texts
    told: list[dict[str, Any]] = []
    kept = frozenset({_OTHERS})
    for links in counts:
        merged, kept = _merged(links, kept, limit)
        told.append({"links": [_link(link, texts, number, not told) for link, number in merged]})
    return {"sessions": sessions, "levels": told}


def _levels(part: Part, stretch: Stretch, anchor: Filter, is_after: bool, depth: int) -> list[Array]:
    """Of each visit with the anchor, the page of each level, _END from where there is none."""
    day = part.day
    events = part.chosen_events()
    views = np.flatnonzero(((day.flags & PAGE_VIEW) > 0) & (day.path > 0) & events)
    of_events = day.visit_of_events()
    visit_of_view = of_events[views]
    again = np.zeros(len(views), bool)
    again[1:] = (visit_of_view[1:] == visit_of_view[:-1]) & (day.path[views][1:] == day.path[views][:-1])
    anchors = np.flatnonzero(matching(day, stretch.names, anchor) & events)
    visit = of_events[anchors]
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
        is_view = is_own & (anchor.dimension == "page")
        steps = [np.where(is_view, current - 1, current) - level for level in range(depth)]
    found = []
    for place in steps:
        inside = (place >= 0) & (place < len(views))
        place = np.where(inside, place, len(views))
        found.append(np.where(of_visit[place] == visit, pages[place], _END))
    return found


def _merged(
    links: dict[tuple[int, int], int], kept: frozenset[int], limit: int
) -> tuple[list[tuple[tuple[int, int], int]], frozenset[int]]:
    """Links between pages that are told, and all others by one; the greatest first; and which pages those are."""
    sizes: dict[int, int] = {}
    for (_, value), number in links.items():
        sizes[value] = sizes.get(value, 0) + number
    pages = sorted((value for value in sizes if value != _END), key=lambda value: (-sizes[value], value))
    now_kept = frozenset(pages[:limit]) | {_END, _OTHERS}
    merged: dict[tuple[int, int], int] = {}
    for (before, value), number in links.items():
        link = before if before in kept else _OTHERS, value if value in now_kept else _OTHERS
        merged[link] = merged.get(link, 0) + number
    return sorted(merged.items(), key=lambda each: (-each[1], each[0])), now_kept


def _link(link: tuple[int, int], texts: Sequence[str | None], number: int, is_first: bool) -> dict[str, Any]:
    before, value = (None if each == _END else "" if each == _OTHERS else texts[each] for each in link)
    return ({} if is_first else {"from": before}) | {"value": value, "sessions": number}
