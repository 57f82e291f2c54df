"""Keeps erased people out: what is dated before their erasure is dropped, however it comes.

A node learns of tombstones when it starts, and under every turn that it takes: an erasure moves all partitions on, so
that nobody appends past one without having taken a turn first.
"""

import msgspec

from gooddata.ingestion.arrival import Arrival
from gooddata.persistence.erasure.person import Erased, Tombstone, decode_who
from gooddata.persistence.pseudonym import Pseudonyms

ERASED = "erased"


class Tombstones:
    """`newest` is the number of the newest one that is known."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self.newest = 0
        self._pseudonyms = pseudonyms
        self._projects: dict[str, Erased] = {}

    def learn(self, found: list[tuple[int, str, Tombstone]]) -> bool:
        """Takes tombstones in, with their numbers and projects; whether there was one."""
        for number, project, tombstone in found:
            if project not in self._projects:
                self._projects[project] = Erased(project, self._pseudonyms)
            self._projects[project].add(tombstone)
            self.newest = max(self.newest, number)
        return bool(found)

    def spare(self, arrival: Arrival) -> Arrival:
        """The arrival without what is erased of it, counted as dropped."""
        erased = self._projects.get(arrival.project)
        if erased is None or arrival.events is None:
            return arrival
        times = arrival.events.moments()
        if min(times) > erased.until:
            return arrival
        raw_events = arrival.events.raw_events()
        stays = [
            place
            for place, (raw, at) in enumerate(zip(raw_events, times, strict=True))
            if not erased.holds(decode_who(raw), at)
        ]
        gone = arrival.events.count - len(stays)
        if not gone:
            return arrival
        dropped = arrival.dropped | {ERASED: arrival.dropped.get(ERASED, 0) + gone}
        events = arrival.events.only(stays, raw_events) if stays else None
        return msgspec.structs.replace(arrival, events=events, dropped=dropped)
