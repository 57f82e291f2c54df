"""What the engine, and the shop's own pages, report of a visit: events in the order in which they happen."""

import uuid
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from gooddata.replay.shoppers.elements import BUTTONS, FIELDS, FORM, LINKS, described
from gooddata.replay.shoppers.reading import Reading
from gooddata.replay.shoppers.shop import Page
from gooddata.replay.shoppers.trouble import Trouble
from gooddata.replay.shoppers.vitals import Vitals

_ORIGIN = "https://fernleaf.example"
_HEARTBEAT_MS = 10_000
_AFTER_LOAD_MS = 30
"""The shop's own events come once the page view is recorded."""


class Moment(msgspec.Struct):
    """An event without its timestamp, which is `at` milliseconds after the visit began."""

    at: int
    event: dict[str, Any]


class Reporter:
    """Writes down one visit of one visitor as `moments`; times are milliseconds since the visit began."""

    def __init__(self, rng: Random, visitor: str, referrer: str | None, vitals: Vitals) -> None:
        self.moments: list[Moment] = []
        self._rng = rng
        self._vitals = vitals
        self._who = {"visitor": visitor, "session": new_id(rng)}
        self._pages = 0
        self._started = 0
        self._page: dict[str, Any] = {"url": referrer}
        self._reading: Reading
        # Events that carry a vector, with their time on the page: what it counts is known when the page is left.
        self._measured: list[tuple[int, dict[str, Any]]] = []

    def open(self, at: int, page: Page, reading: Reading, back: bool) -> None:
        """A page view begins, `reading` of which will follow."""
        referrer = self._page["url"]
        self._started, self._reading = at, reading
        self._pages += 1
        self._page = {"path": page.path, "url": _ORIGIN + page.path, "title": page.title}
        if referrer:
            self._page["referrer"] = referrer
        self._vitals.see(page.kind)
        navigation = "load" if self._pages == 1 else "pop" if back else "history"
        self._say(0, "page", None, {"navigation": navigation})

    def tell(self, name: str, properties: dict[str, Any]) -> None:
        """The shop reports what the page shows."""
        self._say(_AFTER_LOAD_MS, "track", name, properties)

    def press(self, at: int, name: str, properties: dict[str, Any]) -> None:
        """A button, `at` into the page view, and what the shop reports of it."""
        self._click(at, described(BUTTONS[name]))
        self._say(at + 1, "track", name, properties)

    def follow(self, at: int, target: Page) -> None:
        """A link to another page."""
        href = _ORIGIN.partition("://")[2] + target.path
        self._click(at, described(LINKS[target.kind]) | {"href": href})

    def fill_in(self, sent: bool) -> None:
        """The page's form is begun, as far as any field of it was, and sent or left with the page."""
        if not self._reading.fields:
            return
        self._say(self._reading.fields[0].at, "track", "$form_start", {"form": FORM}, measured=True)
        name, counted = ("$form_submit", "form_submits") if sent else ("$form_abandon", "form_abandons")
        at = self._reading.elapsed_ms - sent
        self._reading.times.setdefault(counted, []).append(at)
        fields = [
            {"path": path, "hesitation_ms": field.hesitation_ms, "corrections": len(field.corrected)}
            for path, field in zip(FIELDS, self._reading.fields, strict=False)
        ]
        self._say(at, "track", name, {"form": FORM, "fields": fields}, measured=True)

    def suffer(self, troubles: Sequence[Trouble]) -> None:
        """What goes wrong on the page."""
        for trouble in troubles:
            self._reading.times.setdefault(trouble.field, []).append(trouble.at)
        for trouble in troubles:
            self._say(trouble.at, "track", trouble.event, trouble.properties, measured=True)

    def leave(self, for_good: bool) -> None:
        """The page view ends, and perhaps the visit: heartbeats, where there was engaged time, up to its end; Web
        Vitals when it was out of view, and at last."""
        reported, end = 0, self._reading.elapsed_ms
        for at in (*range(_HEARTBEAT_MS, end, _HEARTBEAT_MS), end):
            engaged = self._reading.engaged_ms(at) - reported
            if engaged > 0:
                reported += engaged
                properties = {"engaged_ms": engaged, "scroll_depth": round(self._reading.scroll_depth(at))}
                self._say(at, "track", "$engagement", properties, measured=True)
        hidden = [end - self._reading.hidden_ms] if self._reading.hidden_ms else []
        for at in hidden + [end] * for_good:
            if vitals := self._vitals.changed():
                self._say(at, "track", "$web_vitals", vitals, measured=True)
        for at, event in self._measured:
            event["vector"] = self._vector(at)
        self._measured.clear()
        self.moments.sort(key=lambda moment: moment.at)

    def _click(self, at: int, element: dict[str, Any]) -> None:
        self._reading.times.setdefault("clicks", []).append(at)
        self._say(at, "track", "$click", element, measured=True)

    def _vector(self, at: int) -> list[float]:
        visit: dict[str, float] = {
            "visit_ms": self._started + at,
            "visit_pages": self._pages,
            **self._vitals.numbers(),
        }
        return self._reading.vector(at, visit)

    def _say(self, at: int, kind: str, name: str | None, properties: dict[str, Any], *, measured: bool = False) -> None:
        event: dict[str, Any] = {"id": new_id(self._rng), "type": kind, **self._who}
        if name:
            event["name"] = name
        event |= {"properties": properties, "context": {"page": self._page}}
        if measured:
            self._measured.append((at, event))
        self.moments.append(Moment(self._started + at, event))


def new_id(rng: Random) -> str:
    """A random UUID out of `rng`, so that the same chance makes the same ids."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
