"""Answers to questions that filter and follow, counted as one would write the rules down."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from operator import ge, gt, le, lt
from struct import pack, unpack

from tests.integration.plain_counts import DAY, credits, sessions_of

OF_SESSIONS = ("entry", "exit", "source", "campaign", "country", "device", "browser")


def paths_of(session):
    return [event["path"] for event in session if event["path"] is not None]


def of_session(session):
    """The session's own value of each dimension, and all that its events have."""
    entry, given = credits(session)
    own = {name: {given.get(name)} for name in OF_SESSIONS}
    own |= {"entry": {entry["path"]}, "exit": set(paths_of(session)[-1:])}
    own |= {"page": set(paths_of(session)), "event": {event["name"] for event in session}}
    own["goal"] = {event["name"] for event in session if event["goal"]}
    return {name: values - {None} for name, values in own.items()}


def session_scores(events, pageviews, goals):
    """What tests have workers say of a session, None where they abstain."""
    return {
        "conversion": None if goals else events % 5 / 4,
        "leave_30s": round(0.1 * (events % 7), 4),
        "leave_page": pageviews % 3 / 2 if pageviews else None,
    }


def visitor_scores(visitor):
    """The same of a visitor."""
    return {"return_7d": visitor.int % 4 / 3, "churn_30d": visitor.int % 5 / 4 if visitor.int % 2 else None}


def numbers_of(session):
    """The session's own numbers; None where it has none."""
    told = counts(session)
    own = {
        "views": told["pageviews"],
        "events": told["events"],
        "duration_seconds": session[-1]["at"] // 1_000 - session[0]["at"] // 1_000,
        "engaged_seconds": sum(event["engaged_ms"] for event in session) / 1_000,
        "revenue": round(sum(event["revenue"] for event in session), 4),
    }
    scores = session_scores(told["events"], told["pageviews"], told["conversions"])
    scores |= visitor_scores(session[0]["visitor"])
    # As they are stored, in four bytes.
    return own | {name: None if each is None else unpack("f", pack("f", each))[0] for name, each in scores.items()}


COMPARES = {">=": ge, ">": gt, "<=": le, "<": lt}


def passes(session, asked):
    """`asked` are (dimension or number, operator, values)."""
    has, numbers = of_session(session), numbers_of(session)
    for dimension, operator, values in asked:
        if dimension in numbers:
            own = numbers[dimension]
            if own is None or not COMPARES[operator](own, float(values[0])):
                return False
            continue
        is_such = any(
            value == each if operator in ("==", "!=") else each in value for value in has[dimension] for each in values
        )
        if is_such == (operator[0] == "!"):
            return False
    return True


class Plain:
    """All events of a project, of whose sessions some pass; the period is in epoch milliseconds."""

    def __init__(self, events, asked, start, end):
        self.sessions = [session for session in sessions_of(events) if passes(session, asked)]
        self.start, self.end = start, end

    def _within(self, start=None, end=None):
        since, until = max(start or self.start, self.start), min(end or self.end, self.end)
        for session in self.sessions:
            inside = [event for event in session if since <= event["at"] < until]
            yield session, inside, since <= session[0]["at"] < until

    def totals(self):
        told = Counter(events=0, pageviews=0, conversions=0, sessions=0)
        visitors, revenue, bounces, converted = set(), 0.0, 0, 0
        for session, inside, began in self._within():
            told.update(counts(inside))
            told["sessions"] += began
            revenue += sum(event["revenue"] for event in inside)
            visitors |= {event["visitor"] for event in inside}
            interactions = sum(e["is_track"] and (e["name"][0] != "$" or e["name"] == "$click") for e in session)
            bounces += began and sum(e["is_page"] for e in session) == 1 and not interactions
            converted += began and any(e["goal"] for e in session)
        sessions = told["sessions"]
        return told | {
            "revenue": revenue,
            "visitors": len(visitors),
            "bounce_rate": bounces / sessions if sessions else None,
            "conversion_rate": converted / sessions if sessions else None,
        }

    def steps(self, edges):
        columns = defaultdict(list)
        for start, end in pairwise(edges):
            told = Counter(events=0, pageviews=0, conversions=0, sessions=0)
            visitors = set()
            if max(start, self.start) < min(end, self.end):
                for _, inside, began in self._within(start, end):
                    told.update(counts(inside) | {"sessions": began})
                    visitors |= {event["visitor"] for event in inside}
            for name, number in (told | {"visitors": len(visitors)}).items():
                columns[name].append(number)
        return dict(columns)

    def values(self, dimension):
        """Rows by value."""
        rows = defaultdict(lambda: Counter(events=0, pageviews=0, conversions=0, sessions=0))
        visitors = defaultdict(set)
        for session, inside, began in self._within():
            own = of_session(session)
            if dimension in OF_SESSIONS:
                for value in own[dimension]:
                    rows[value].update(counts(inside) | {"sessions": began})
                    visitors[value] |= {event["visitor"] for event in inside}
                continue
            for event in inside:
                value = event["path"] if dimension == "page" else event["name"]
                if value is None or (dimension == "goal" and not event["goal"]):
                    continue
                rows[value].update(counts([event]))
                visitors[value].add(event["visitor"])
            if dimension == "page":
                for value in own["entry"]:
                    rows[value]["sessions"] += began
        return {
            value: dict(row) | {"visitors": len(visitors[value])} for value, row in rows.items() if any(row.values())
        }

    def names(self):
        """Rows by name of event, of the period alone."""
        rows = {}
        for name, row in self.values("event").items():
            having = [[event for event in inside if event["name"] == name] for _, inside, _ in self._within()]
            own = [event for inside in having for event in inside]
            seconds = [event["at"] // 1_000 * 1_000 for event in own]
            rows[name] = {
                "events": row["events"],
                "visitors": row["visitors"],
                "conversions": row["conversions"],
                "sessions": sum(map(bool, having)),
                "revenue": round(sum(event["revenue"] for event in own), 4),
                "first_at": min(seconds),
                "last_at": max(seconds),
            }
        return rows

    def over_time(self, name, edges):
        """How many events of a name, and of how many visitors, there were in each step."""
        steps = []
        for start, end in pairwise(edges):
            inside = [each for _, inside, _ in self._within(start, end) for each in inside] if start < self.end else []
            own = [event for event in inside if event["name"] == name]
            steps.append((len(own), len({event["visitor"] for event in own})))
        return steps

    def funnel(self, steps, seconds):
        """Visitors who reach each step; `steps` are (dimension, value)."""
        by_visitor = defaultdict(list)
        for _, inside, _ in self._within():
            for event in inside:
                by_visitor[event["visitor"]].append(event)
        overlaps = [
            any(matches(event, after) and matches(event, before) for own in by_visitor.values() for event in own)
            for before, after in pairwise(steps)
        ]
        reached = [0] * len(steps)
        for own in by_visitor.values():
            # Attempts: at which second each began, and the seconds at which its newest step was.
            attempts = [(event["at"] // 1_000, event["at"] // 1_000) for event in own if matches(event, steps[0])]
            reached[0] += bool(attempts)
            for number, step in enumerate(steps[1:], 1):
                attempts = [
                    (began, event["at"] // 1_000)
                    for event in own
                    if matches(event, step)
                    for began, newest in attempts
                    if event["at"] // 1_000 - newest >= overlaps[number - 1] and event["at"] // 1_000 - began <= seconds
                ]
                reached[number] += bool(attempts)
        return reached

    def active(self):
        """Visitors and starts of the sessions that were there in the period."""
        there = [each for each in self.sessions if each[-1]["at"] >= self.start and each[0]["at"] < self.end]
        return {(session[0]["visitor"].hex[:8], session[0]["at"]) for session in there}

    def retention(self, edges, look_back):
        seen = defaultdict(set)
        for session in self.sessions:
            for event in session:
                if look_back <= event["at"] < edges[-1]:
                    place = sum(event["at"] >= edge for edge in edges) - 1
                    seen[event["visitor"]].add(place)
        table = [[0] * (len(edges) - 1 - cohort) for cohort in range(len(edges) - 1)]
        for places in seen.values():
            if (first := min(places)) >= 0:
                for place in places:
                    table[first][place - first] += 1
        return table

    def paths(self, anchor, is_after, depth):
        """How many visits, which end at midnight, took each link, (page before, page) or None at the end, by level."""
        levels = [Counter() for _ in range(depth)]
        visits = 0
        for _, inside, _ in self._within():
            days = defaultdict(list)
            for event in inside:
                days[event["at"] // DAY].append(event)
            for own in days.values():
                at = next((place for place, event in enumerate(own) if matches(event, anchor)), None)
                if at is None:
                    continue
                visits += 1
                pages = walk(own, at, anchor, is_after)[:depth]
                before = "anchor"
                for level, page in zip(levels, [*pages, *[None] * depth], strict=False):
                    if before is not None:
                        level[before, page] += 1
                    before = page
        return visits, levels


def walk(own, at, anchor, is_after):
    """Page views after or before the event at a place, a page in a row once."""
    views = [
        (place, event["path"]) for place, event in enumerate(own) if event["is_page"] and event["path"] is not None
    ]
    if is_after:
        current = [path for place, path in views if place <= at][-1:]
        pages = [path for place, path in views if place > at]
    else:
        pages = [path for place, path in views if place <= at][::-1]
        current = []
        if anchor[0] == "page" and own[at]["path"] is not None and pages:
            current, pages = pages[:1], pages[1:]
    found = []
    for page in pages:
        if [page] != (found[-1:] or current):
            found.append(page)
    return found


def matches(event, step):
    dimension, value = step
    if dimension == "page":
        return event["path"] == value
    return event["name"] == value and (dimension == "event" or event["goal"])


def counts(events):
    return {
        "events": len(events),
        "pageviews": sum(event["is_page"] for event in events),
        "conversions": sum(event["goal"] for event in events),
    }


def utc(at):
    return datetime.fromtimestamp(at / 1_000, UTC)
