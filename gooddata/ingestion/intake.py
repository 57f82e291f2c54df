"""From an opened request to its outcome: whose it is, whether it may, which of its events, and their way to the log."""

import asyncio
import functools
from collections.abc import Callable, Iterable

import msgspec

from gooddata.config import Settings
from gooddata.errors import GoodDataError
from gooddata.ingestion import limits
from gooddata.ingestion.arrival import Arrival, Packer
from gooddata.ingestion.check import Accepted, Refused
from gooddata.ingestion.congestion import refusal
from gooddata.ingestion.cookieless import DailySalts, with_daily_visitor
from gooddata.ingestion.flush import GroupCommit, Overloaded
from gooddata.ingestion.headers import Headers
from gooddata.ingestion.judge import Judged, Rule, judge
from gooddata.ingestion.keys import Key, Keys
from gooddata.ingestion.ledger import Outcome
from gooddata.ingestion.origin import Origin
from gooddata.ingestion.rate import KeyRates, TooFast
from gooddata.ingestion.request import Opened
from gooddata.ingestion.rules.project import Rules
from gooddata.ingestion.rules.verdict import OWN, Dropped, Violates
from gooddata.ingestion.settle import Clock
from gooddata.ingestion.unusable import Unusable
from gooddata.inside.numbers import Sample, Tally
from gooddata.persistence.pseudonym import Pseudonyms

_REMEMBERED_TOKENS = 100_000


class Sending(msgspec.Struct):
    """A request that was understood: its events, the key it came with, and what is known of its sender.

    `client` is the address at the other end of the connection, `received_at` in epoch milliseconds, `trace` by what the
    request's trace goes on. An import takes
    events of any age, with the project's read key; with `keep_refused` off, what is refused is counted and not kept.
    """

    opened: Opened
    key: str | None
    headers: Headers
    client: str
    received_at: int
    imported: bool = False
    keep_refused: bool = True
    wants_scores: bool = False
    trace: str | None = None


class Taken(msgspec.Struct):
    """What became of a request's events. `refused` are they with their places in the request; `token` opens the scores
    of the visitor, where all events are of one whose id is hard to guess; `scores` are the newest, as JSON, where they
    were wanted and are at hand."""

    outcome: Outcome
    refused: list[tuple[int, Refused]]
    dropped: int
    token: str | None
    scores: bytes | None


NewestScores = Callable[[str, str], bytes | None]  # of a project's visitor, as JSON

Done = Callable[[Taken | Unusable], None]


class Intake:
    """Takes requests in, any number at once, in one event loop. What comes of each is told by a call, now or later."""

    def __init__(
        self,
        commits: GroupCommit,
        keys: Keys,
        salts: DailySalts,
        pseudonyms: Pseudonyms,
        settings: Settings,
        newest_scores: NewestScores,
    ) -> None:
        self._commits = commits
        self._keys = keys
        self._salts = salts
        self._pseudonyms = pseudonyms
        self._newest_scores = newest_scores
        self._late_days = settings.late_days
        self._rates = KeyRates(settings.rate_limit)
        self._origin = Origin(settings)
        self._packer = Packer()
        self._tokens: dict[tuple[str, str], str] = {}
        self._looking: set[asyncio.Task[None]] = set()
        self.shed = Tally()

    def require_room(self) -> None:
        """To be asked of each request before it is opened. Raises Unusable while more comes than can be taken in."""
        if self._commits.refuses():
            self.shed.add(("congestion",))
            raise refusal()

    def take_in(self, sending: Sending, done: Done) -> None:
        """Calls `done` once the request's events are durable, or with why it is refused as a whole."""
        self.with_key(sending.key, sending.imported, functools.partial(self._admit, sending, done), done)

    def with_key(
        self, key: str | None, imported: bool, go_on: Callable[[Key], None], refused: Callable[[Unusable], None]
    ) -> None:
        """Calls `go_on` with what a key opens, or `refused`: the key is missing or unknown, or not for this.

        A key that is not known may have been made a moment ago, so then it is looked for, and the call comes later.
        """
        if key is None:
            message = "the request has no write key: send it as Authorization (Basic or Bearer) or as writeKey"
            refused(Unusable(401, "missing_key", message, "writeKey"))
        elif known := self._keys.known(key):
            _within_scope(known, imported, go_on, refused)
        elif len(self._looking) >= limits.KEY_LOOKUPS:
            self.shed.add(("keys",))
            refused(
                Unusable(503, "unavailable", "too many keys are being looked for; send again later", retry_after="1")
            )
        else:
            looking = asyncio.get_running_loop().create_task(self._look_for(key, imported, go_on, refused))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    def samples(self) -> Iterable[Sample]:
        """What has been counted here, and what waits."""
        yield from self.shed.samples("gooddata_requests_shed_total")
        yield Sample("gooddata_key_lookups", len(self._looking))
        yield Sample("gooddata_key_lookups_limit", limits.KEY_LOOKUPS)
        yield Sample("gooddata_keys_age_seconds", self._keys.age)

    async def _look_for(
        self, key: str, imported: bool, go_on: Callable[[Key], None], refused: Callable[[Unusable], None]
    ) -> None:
        if known := await self._keys.find(key):
            _within_scope(known, imported, go_on, refused)
        else:
            refused(Unusable(401, "unknown_key", "the write key is not known; copy it from the project", "writeKey"))

    def _admit(self, sending: Sending, done: Done, key: Key) -> None:
        try:
            judged, context = self._judged(sending, key.project)
            arrival = Arrival(
                key.project,
                sending.received_at,
                context,
                self._packer.pack(key.project, judged.events) if judged.events else None,
                [refused for _, refused in judged.refused],
                judged.dropped,
                sending.keep_refused,
                sending.trace,
            )
            token = self._token(key.project, judged)
            scores = self._scores(key.project, judged) if token and sending.wants_scores else None
            self._commits.submit(arrival, functools.partial(self._tell, judged, token, scores, done))
        except TooFast as problem:
            self.shed.add(("rate",))
            done(Unusable(429, "rate_limited", str(problem), retry_after=problem.retry_after))
        except Overloaded as problem:
            self.shed.add(("buffer",))
            done(Unusable(503, "unavailable", str(problem), retry_after="1"))
        except Unusable as problem:
            done(problem)

    def _judged(self, sending: Sending, project: str) -> tuple[Judged, bytes | None]:
        """The request's events, judged, and the context that they share. Raises TooFast, and Unusable where nobody can
        be told apart for now."""
        opened, context = sending.opened, sending.opened.context
        rules = self._keys.rules.of(project)
        rule = None if rules is None else self._rule(rules, sending)
        if not sending.imported:
            self._rates.admit(sending.key or project, opened.count)
            context = self._origin.context(context, sending.client, sending.headers)
        clock = Clock.of(sending.received_at, opened.sent_at, None if sending.imported else self._late_days)
        if opened.cookieless:
            address = self._origin.address(sending.client, sending.headers.get_all("x-forwarded-for"))
            agent = sending.headers.get("user-agent") or ""
            opened = with_daily_visitor(opened, clock, self._salts, project, address, agent)
        return judge(opened, clock, rule), context

    def _rule(self, rules: Rules, sending: Sending) -> Rule:
        """What a project's rules say of each event of a request."""
        own = self._is_own_traffic(rules, sending)

        def rule(event: Accepted) -> Accepted | Refused | Dropped:
            verdict = OWN if own else rules.judge(event.raw)
            if isinstance(verdict, Violates):
                return Refused(event.id, verdict.field, verdict.reason, verdict.message, event.raw)
            return verdict if isinstance(verdict, Dropped) else event

        return rule

    def _is_own_traffic(self, rules: Rules, sending: Sending) -> bool:
        """Whether a request as a whole is; who imports is not who was there."""
        if rules.looks_at_senders() and not sending.imported:
            headers = sending.headers
            address = self._origin.address(sending.client, headers.get_all("x-forwarded-for"))
            if rules.excludes_sender(address, headers.get("user-agent")):
                return True
        return rules.excludes_context(sending.opened.context)

    def _tell(
        self, judged: Judged, token: str | None, scores: bytes | None, done: Done, outcome: Outcome | GoodDataError
    ) -> None:
        if isinstance(outcome, GoodDataError):
            self.shed.add(("spool",))
            done(Unusable(503, "unavailable", str(outcome), retry_after="1"))
        else:
            done(Taken(outcome, judged.refused, sum(judged.dropped.values()) + outcome.erased, token, scores))

    def _token(self, project: str, judged: Judged) -> str | None:
        if judged.events is None:
            return None
        visitors = judged.events.visitors
        visitor = visitors[0]
        if not _is_hard_to_guess(visitor) or visitors.count(visitor) != len(visitors):
            return None
        token = self._tokens.get((project, visitor))
        if token is None:
            if len(self._tokens) >= _REMEMBERED_TOKENS:
                self._tokens.clear()
            token = self._tokens[project, visitor] = self._pseudonyms.token(project, visitor)
        return token

    def _scores(self, project: str, judged: Judged) -> bytes | None:
        return self._newest_scores(project, judged.events.visitors[0]) if judged.events else None


def _within_scope(key: Key, imported: bool, go_on: Callable[[Key], None], refused: Callable[[Unusable], None]) -> None:
    if imported and key.scope != "read":
        message = "an import needs the project's read key, which is secret"
    elif not imported and key.scope != "write":
        message = "this key reads; events are sent with the project's write key"
    else:
        go_on(key)
        return
    refused(Unusable(403, "wrong_scope", message, "writeKey"))


def _is_hard_to_guess(visitor: str) -> bool:
    """Only a visitor whose id is a UUID gets a token: a short or well-known id must not open someone's scores."""
    return len(visitor) == 36 and visitor.count("-") == 4
