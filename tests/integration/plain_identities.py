"""The rules of docs/identities.md as one would write them down, over all events in the order of (timestamp, id)."""

from collections import defaultdict

from tests.integration.workbench import PSEUDONYMS

HALF_HOUR = 30 * 60_000
NOBODIES = (None, "", "null", "guest")


def pseudonyms_of(project):
    return (
        lambda name: str(PSEUDONYMS.visitor(project, name)),
        lambda name: str(PSEUDONYMS.user(project, name)),
        lambda name: str(PSEUDONYMS.group(project, name)),
    )


class Plain:
    """`events` as sent, in any order, some perhaps twice; `undone` are (visitor, user, moment, restored)."""

    def __init__(self, project, events, undone=()):
        self.as_visitor, self.as_user, self.as_group = pseudonyms_of(project)
        self.events = sorted({e["id"]: e for e in events}.values(), key=lambda e: (e["timestamp"], e["id"]))
        self.undone = undone
        self.users = {e["user"] for e in self.events if e.get("user") not in NOBODIES}

    def signs(self):
        """(at, event, visitor, user, previous id of an alias) of whatever was seen together."""
        for e in self.events:
            user, visitor = e.get("user"), e.get("visitor")
            if user in NOBODIES:
                continue
            yield e["timestamp"], e["id"], visitor if visitor not in NOBODIES else user, user, None, e["type"]
            previous = e.get("previousId")
            if e["type"] == "alias" and previous not in NOBODIES and previous != user:
                yield e["timestamp"], e["id"], previous, user, previous, e["type"]

    def kept(self):
        """The first sign of each link in each half hour, and after each undoing."""
        seen = set()
        for at, event, visitor, user, previous, kind in self.signs():
            undoings = [moment for v, u, moment, _ in self.undone if (v, u) == (visitor, user) and moment < at]
            key = (visitor, user, previous is not None, max([at // HALF_HOUR * HALF_HOUR, *undoings]))
            if key not in seen:
                seen.add(key)
                yield at, event, visitor, user, previous, kind

    def links(self):
        return [
            (self.as_visitor(visitor), self.as_user(user), at, event, kind, previous and self.as_user(previous))
            for at, event, visitor, user, previous, kind in self.kept()
        ]

    def spans(self):
        """Whose each visitor is: (visitor, user, since, until)."""
        ways = defaultdict(list)
        for at, event, visitor, user, previous, _ in self.kept():
            voided = any((v, u) == (visitor, user) and at <= m and not r for v, u, m, r in self.undone)
            if not voided and previous not in self.users:
                ways[visitor].append((at, event, self.as_user(user)))
        spans = []
        for visitor, way in ways.items():
            turns = []
            for at, _, user in sorted(way):
                if not turns or turns[-1][1] != user:
                    turns.append((at if turns else None, user))
            ends = [since for since, _ in turns[1:]] + [None]
            spans += [
                (self.as_visitor(visitor), user, since, end) for (since, user), end in zip(turns, ends, strict=True)
            ]
        return sorted(spans, key=lambda span: (span[0], span[2] or 0))

    def proposals(self):
        found = {
            (self.as_user(previous), self.as_user(user))
            for _, _, _, user, previous, _ in self.signs()
            if previous in self.users
        }
        return sorted(found)

    def memberships(self):
        found = {}
        for e in self.events:
            user, visitor, group = e.get("user"), e.get("visitor"), e.get("groupId")
            if e["type"] != "group" or group in NOBODIES or (user in NOBODIES and visitor in NOBODIES):
                continue
            member = self.as_visitor(visitor) if user in NOBODIES else self.as_user(user)
            found.setdefault((self.as_group(group), member), (e["timestamp"], e["id"]))
        return sorted((*key, *value) for key, value in found.items())


async def stored(connection, project):
    """The same of the tables: links, spans, proposals, memberships."""
    at = "(extract(epoch FROM {}) * 1000)::bigint".format
    links = await connection.fetch(
        f'SELECT visitor::text, "user"::text, {at("seen_at")}, event_id::text, type, previous::text'
        " FROM analytics.identity_link WHERE project_id = $1",
        project,
    )
    spans = await connection.fetch(
        f'SELECT visitor::text, "user"::text, {at("since")} AS since, {at("until")} FROM analytics.person_span'
        " WHERE project_id = $1 ORDER BY visitor::text, since NULLS FIRST",
        project,
    )
    proposals = await connection.fetch(
        'SELECT "user"::text, into_user::text FROM analytics.identity_proposal WHERE project_id = $1', project
    )
    memberships = await connection.fetch(
        f'SELECT "group"::text, member::text, {at("since")}, event_id::text FROM analytics.membership'
        " WHERE project_id = $1",
        project,
    )
    return (
        sorted(map(tuple, links), key=_with_nulls),
        list(map(tuple, spans)),
        sorted(map(tuple, proposals)),
        sorted(map(tuple, memberships)),
    )


def expected(project, events, undone=()):
    plain = Plain(project, events, undone)
    return sorted(plain.links(), key=_with_nulls), plain.spans(), plain.proposals(), plain.memberships()


def _with_nulls(row):
    return [(value is None, value) for value in row]
