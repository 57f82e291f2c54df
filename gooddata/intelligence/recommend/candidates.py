"""What may come next in a session, and what speaks for each: the features that the ranking model is given."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gooddata.intelligence.recommend.index import NO_ITEM, Index, Items

FEATURES = {
    "neighbours": "how alike the sessions with it are to the running one",
    "neighbours_lately": "the same, by the newest item above all",
    "neighbours_common": "the same, made less of what is in many sessions",
    "neighbours_rank": "its place by how alike the sessions with it are",
    "follows": "how often it came after the newest item, the sooner the more",
    "follows_at_once": "how often it came right after the newest item",
    "precedes": "how often it came before the newest item",
    "follows_one_before": "how often it came after the item before the newest",
    "sessions": "in how many sessions it is",
    "trending": "in how many of the newest sessions it is",
    "is_newest": "whether it is the newest item itself",
    "since_seen": "how many items ago it was seen in this session",
    "repeat_rate": "of the newest item itself, how often that one follows itself",
    "session_length": "how many items the session has",
    "sessions_of_newest": "in how many sessions the newest item is",
}
"""By name, in order, each with its meaning."""
NEIGHBOURS = 500
REMEMBERED = 10  # newest items of the running session that are compared
CANDIDATES = 100
LATELY = 5_000  # newest sessions, of which trends are made

Matrix = NDArray[np.float64]
Values = NDArray[np.float64]


class Trend:
    """How many of the newest sessions had each item; made anew every so often, since it takes a moment."""

    def __init__(self, index: Index) -> None:
        self.items, counts = index.trending(LATELY)
        self._of = np.zeros(index.items)
        self._of[self.items] = counts

    def of(self, items: Items) -> Values:
        """Of items that are newer than this: none."""
        known = items < len(self._of)
        return np.where(known, self._of[np.where(known, items, 0)], 0.0) if len(self._of) else np.zeros(len(items))


def candidates(index: Index, trend: Trend, session: Sequence[int]) -> tuple[Items, Matrix]:
    """What may follow the items (numbers, oldest first) of a session: items (n,) and their FEATURES (n, 15).

    There are at most CANDIDATES of them, the trending ones where too little speaks for others.
    """
    recent = list(session[-REMEMBERED:])
    newest = recent[-1]
    clicks, weights = _neighbours(index, recent)
    after, before = _around(index, newest)
    one_before = recent[-2] if len(recent) > 1 and recent[-2] != newest else None
    after_that = _around(index, one_before)[0] if one_before is not None else _NOTHING
    own = np.array(recent, dtype=np.int32)
    everything = np.concatenate([clicks, after[0], before[0], own, trend.items[: CANDIDATES // 4]])
    items: Items
    items, places = index.item_places.distinct(everything)
    cuts = np.cumsum([len(clicks), len(after[0]), len(before[0])])
    of_clicks, of_after, of_before = places[: cuts[0]], places[cuts[0] : cuts[1]], places[cuts[1] : cuts[2]]
    count = len(items)
    alike = np.bincount(of_clicks, weights[0], count)
    lately = np.bincount(of_clicks, weights[1], count)
    follows = np.bincount(of_after, 1.0 / after[1], count)
    at_once = np.bincount(of_after, (after[1] == 1).astype(np.float64), count)
    precedes = np.bincount(of_before, 1.0 / before[1], count)
    later = np.zeros(count)
    if len(after_that[0]):
        place = np.searchsorted(items, after_that[0])
        there = place < count
        there[there] = items[place[there]] == after_that[0][there]
        later += np.bincount(place[there], 1.0 / after_that[1][there], count)
    found_in = index.in_sessions(items)
    common = alike / np.sqrt(found_in + 10.0)
    trending = trend.of(items)
    support = max(float(index.in_sessions(np.array([newest]))[0]), 1.0)
    seen = {item: len(recent) - 1 - place for place, item in enumerate(recent)}
    # Whatever speaks most for an item brings it in.
    strongest = np.max([_of_most(alike), _of_most(common), _of_most(follows), 0.05 * _of_most(trending)], axis=0)
    strongest[np.searchsorted(items, own)] = 1.0
    kept = np.argsort(-strongest, kind="stable")[:CANDIDATES]
    items, alike, lately, common = items[kept], alike[kept], lately[kept], common[kept]
    rank = np.empty(len(items))
    rank[np.argsort(-alike, kind="stable")] = np.arange(len(items))
    is_newest = items == newest
    features = np.column_stack(
        [
            _of_most(alike),
            _of_most(lately),
            _of_most(common),
            rank,
            follows[kept] / support,
            at_once[kept] / support,
            precedes[kept] / support,
            later[kept] / support,
            np.log1p(found_in[kept]),
            np.log1p(trending[kept]),
            is_newest,
            [seen.get(item, REMEMBERED) for item in items.tolist()],
            np.where(is_newest, index.repeat_rate(newest), -1.0),
            np.full(len(items), min(len(session), CANDIDATES)),
            np.full(len(items), np.log1p(support)),
        ]
    )
    return items, features


_NOTHING = np.empty(0, dtype=np.int32), np.empty(0)


def _of_most(values: NDArray[Any]) -> NDArray[Any]:
    most = values.max(initial=0.0)
    return values / most if most else values


def _neighbours(index: Index, recent: Sequence[int]) -> tuple[Items, tuple[Values, Values]]:
    """Each click (n,) of the sessions most alike, and how alike its session is: by all items, the newer the more, and
    by the very newest above all."""
    last_place = {item: place for place, item in enumerate(recent)}
    lists = {item: index.sessions_with(item) for item in last_place}
    sizes = [len(each) for each in lists.values()]
    since = np.array([len(recent) - 1 - place for place in last_place.values()], dtype=np.float64)
    sessions, places = index.session_places.distinct(np.concatenate(list(lists.values())))
    alike = np.bincount(places, np.repeat(1.0 - since / REMEMBERED, sizes), len(sessions))
    lately = np.bincount(places, np.repeat(1.0 / (1.0 + since) ** 2, sizes), len(sessions))
    if len(sessions) > NEIGHBOURS:
        # Of those equally alike, the newest: they are numbered in the order in which they began.
        least = np.partition(alike, -NEIGHBOURS)[-NEIGHBOURS]
        nearer = np.flatnonzero(alike > least)
        nearest = np.concatenate([np.flatnonzero(alike == least)[len(nearer) - NEIGHBOURS :], nearer])
        nearest = nearest[np.argsort(alike[nearest], kind="stable")]
        sessions, alike, lately = sessions[nearest], alike[nearest], lately[nearest]
    clicks = index.clicks_of(sessions)
    there = clicks != NO_ITEM
    lengths = there.sum(axis=1)
    return clicks[there], (np.repeat(alike, lengths), np.repeat(lately, lengths))


def _around(index: Index, item: int) -> tuple[tuple[Items, Values], tuple[Items, Values]]:
    """What came after an item, and what before, in the newest sessions with it, each with how many clicks away."""
    clicks = index.clicks_of(index.sessions_with(item))
    if not len(clicks):
        return _NOTHING, _NOTHING
    width = clicks.shape[1]
    place = width - 1 - np.argmax((clicks == item)[:, ::-1], axis=1)
    away = np.arange(width) - place[:, None]
    there = clicks != NO_ITEM
    after, before = there & (away > 0), there & (away < 0)
    return (
        (clicks[after], away[after].astype(np.float64)),
        (clicks[before], -away[before].astype(np.float64)),
    )
