"""How people get on with pages, counted from the events as they were sent, as one would write the rules down."""

from collections import Counter, defaultdict

import numpy as np

from gooddata.intelligence.facts.vectors import FIELDS
from tests.integration.plain_counts import sessions_of

PLACE = {field.name: number for number, field in enumerate(FIELDS.fields)}
CLICKS = {"$rage_click": "rage", "$dead_click": "dead", "$cursor_thrash": "thrash"}
FORMS = {"$form_start": "started", "$form_submit": "submitted", "$form_abandon": "abandoned"}


def vector(**numbers):
    """A vector of the engine with these numbers."""
    return [float(numbers.get(field.name, 0)) for field in FIELDS.fields]


def recounted(sent, since, until, passes=lambda session: True, read=None):
    """The report on `sent`, between two moments, of sessions that pass; of samples, those whose ids are `read`."""
    events = sorted(
        (
            {
                "id": each["id"], "at": each["timestamp"], "visitor": each["visitor"], "name": each.get("name"),
                "page": each["context"]["page"]["path"], "browser": browser_of(each),
                "device": "mobile" if "Mobile" in each["context"]["userAgent"] else "desktop",
                "properties": each.get("properties", {}),
                "vector": dict(zip(PLACE, each.get("vector", ()), strict=False)),
            }
            for each in sent
        ),
        key=lambda each: (each["at"], each["id"]),
    )  # fmt: skip
    kept = [
        each | {"session": number}
        for number, session in enumerate(sessions_of(events))
        if passes(session)
        for each in session
        if since <= each["at"] < until
    ]
    of = {name: [each for each in kept if each["name"] == name] for name in {each["name"] for each in kept}}
    sampled = [each for each in kept if read is None or each["id"] in read]
    return {
        "clicks": clicks(kept),
        "forms": forms(kept),
        "errors": errors(of.get("$error", [])),
        "attention": attention([each for each in sampled if each["name"] == "$engagement"]),
        "speed": speed([each for each in sampled if each["name"] == "$web_vitals"]),
    }


def browser_of(event):
    agent = event["context"]["userAgent"]
    return "Firefox" if "Firefox" in agent else "Chrome"


def clicks(events):
    places = defaultdict(list)
    for each in events:
        if each["name"] in CLICKS:
            properties = each["properties"]
            places[each["page"], properties.get("path"), properties.get("role")].append(each)
    return {place: counted(own, CLICKS) for place, own in places.items()}


def forms(events):
    found = defaultdict(list)
    for each in events:
        if each["name"] in FORMS:
            found[each["page"], each["properties"]["form"]].append(each)
    told = {}
    for form, own in found.items():
        left = Counter(
            each["properties"]["fields"][-1]["path"]
            for each in own
            if each["name"] == "$form_abandon" and each["properties"]["fields"]
        )
        most = sorted(left.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        told[form] = counted(own, FORMS) | {"left_at": [{"field": field, "times": times} for field, times in most]}
    return told


def counted(events, names):
    numbers = Counter(names[each["name"]] for each in events)
    return {name: numbers[name] for name in names.values()} | {"sessions": len({each["session"] for each in events})}


def errors(events):
    pages = defaultdict(list)
    for each in events:
        pages[each["page"]].append(each["session"])
    return {page: {"errors": len(own), "sessions": len(set(own))} for page, own in pages.items()}


def views_of(events):
    """The reports of each page view, in order, by page."""
    views = defaultdict(list)
    for each in events:
        views[each["page"], each["session"], each["vector"]["visit_pages"]].append(each)
    pages = defaultdict(list)
    for (page, _, _), own in views.items():
        pages[page].append(own)
    return pages


def attention(events):
    told = {}
    for page, views in views_of(events).items():
        engaged = [max(each["vector"]["engaged_ms"] for each in own) for own in views]
        depth = [max(each["properties"]["scroll_depth"] for each in own) for own in views]
        scrolled = {str(percent): sum(each >= percent for each in depth) for percent in (25, 50, 75, 100)}
        told[page] = {"views": len(views), "engaged_ms": float(np.median(engaged)), "scrolled": scrolled}
    return told


def speed(events):
    told = {}
    for page, views in views_of(events).items():
        last = [own[-1] for own in views]
        lcp = [each["vector"]["lcp_ms"] for each in last if each["vector"]["lcp_ms"]]
        cls = [each["vector"]["cls_milli"] / 1_000 for each in last if each["browser"] != "Firefox"]
        inp = [each["vector"]["inp_ms"] for each in last if each["vector"]["inp_ms"]]
        slow = sum(
            each["vector"]["lcp_ms"] > 2_500
            or each["vector"]["inp_ms"] > 200
            or (each["browser"] != "Firefox" and each["vector"]["cls_milli"] > 100)
            for each in last
        )
        told[page] = {
            "views": len(views), "slow": slow, "lcp_ms": vital(lcp, 2_500, 4_000), "cls": vital(cls, 0.1, 0.25),
            "inp_ms": vital(inp, 200, 500),
        }  # fmt: skip
    return told


def vital(values, good, poor):
    if not values:
        return {"p75": None, "measured": 0, "rating": None}
    value = round(float(np.percentile(values, 75)), 6)
    rating = "good" if value <= good else "needs improvement" if value <= poor else "poor"
    return {"p75": value, "measured": len(values), "rating": rating}
