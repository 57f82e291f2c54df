"""What raw events must lead to, counted as one would write the rules down: sessions, minutes, and who was there."""

import json
from collections import defaultdict

from tests.integration.workbench import MINUTE, PSEUDONYMS

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
GOALS = {"Order Completed"}


def ms(moment):
    return round(moment.timestamp() * 1_000)


async def raw_events(raw, project):
    """Plain dictionaries of what the log holds of a project, in the order of the events' times."""
    rows = await raw.fetch(
        "SELECT id, type, name, visitor, timestamp, properties, context FROM raw.events WHERE project_id = $1", project
    )
    events = []
    for row in rows:
        context = json.loads(row["context"] or "{}")
        campaign = context.get("campaign", {})
        events.append(
            {
                "id": str(row["id"]),
                "at": ms(row["timestamp"]),
                "visitor": PSEUDONYMS.visitor(project, row["visitor"]),
                "is_page": row["type"] == "page",
                "is_track": row["type"] == "track",
                "name": row["name"] or row["type"],
                "goal": row["name"] in GOALS,
                "revenue": json.loads(row["properties"] or "{}").get("revenue", 0),
                "engaged_ms": json.loads(row["properties"] or "{}").get("engaged_ms", 0),
                "path": context.get("page", {}).get("path"),
                "source": campaign.get("source"),
                "campaign": campaign.get("name"),
            }
        )
    return sorted(events, key=lambda event: (event["at"], event["id"]))


def sessions_of(events):
    """Each session's events, by visitor and without a gap of more than half an hour, a day at most."""
    by_visitor = defaultdict(list)
    for event in events:
        own = by_visitor[event["visitor"]]
        if own and event["at"] - own[-1][-1]["at"] <= 30 * MINUTE and event["at"] - own[-1][0]["at"] <= DAY:
            own[-1].append(event)
        else:
            own.append([event])
    return [session for own in by_visitor.values() for session in own]


def credits(session):
    """What a session counts for: of its first page view, or its first event where there is none."""
    entry = next((event for event in session if event["is_page"]), session[0])
    given = {"": "", "source": entry["source"] or "direct", "device": "unknown", "browser": "unknown"}
    return entry, given | ({"campaign": entry["campaign"]} if entry["campaign"] is not None else {})


def own_values(event):
    values = {"event": event["name"]}
    if event["path"] is not None:
        values["page"] = event["path"]
    if event["goal"]:
        values["goal"] = event["name"]
    return values


def plain_visitors(events, length):
    """Who was there, by (start of the hour or day, dimension, value)."""
    seen = defaultdict(set)
    for session in sessions_of(events):
        given = credits(session)[1]
        for event in session:
            for dimension, value in (given | own_values(event)).items():
                seen[event["at"] // length * length, dimension, value].add(event["visitor"])
    return seen


def plain_minutes(events):
    """events, pageviews, sessions, bounces, conversions and revenue, by (minute, dimension, value)."""
    cells = defaultdict(lambda: [0, 0, 0, 0, 0, 0.0])

    def add(at, values, *amounts):
        for dimension, value in values.items():
            cell = cells[at // MINUTE * MINUTE, dimension, value]
            for place, amount in enumerate(amounts):
                cell[place] = round(cell[place] + amount, 4)

    for session in sessions_of(events):
        entry, given = credits(session)
        for event in session:
            amounts = (1, event["is_page"], 0, 0, event["goal"], event["revenue"])
            add(event["at"], given | own_values(event), *amounts)
        interactions = [e for e in session if e["is_track"] and (e["name"][0] != "$" or e["name"] == "$click")]
        bounce = sum(event["is_page"] for event in session) == 1 and not interactions
        started = given | ({"page": entry["path"]} if entry["path"] is not None else {})
        add(session[0]["at"], started, 0, 0, 1, bounce, 0, 0)
    return {key: tuple(cell) for key, cell in cells.items()}


async def stored_minutes(analytics, project):
    rows = await analytics.fetch(
        "SELECT minute, dimension, value, events, pageviews, sessions, bounces, conversions, revenue"
        " FROM analytics.rollup_minute WHERE project_id = $1",
        project,
    )
    return {(ms(row[0]), *row[1:3]): (*row[3:8], round(row[8], 4)) for row in rows}


async def stored_visitors(analytics, project, table, moment):
    """Numbers of visitors and sketches, by (start of the hour or day, dimension, value)."""
    rows = await analytics.fetch(
        f"SELECT {moment}, dimension, value, visitors, sketch FROM analytics.{table} WHERE project_id = $1", project
    )
    return {(ms(row[0]), *row[1:3]): (row[3], row[4]) for row in rows}
