"""`GET /v1/recommendations`: what may come next for a visitor, or for somebody who has seen some items.

It answers straight at the HTTP door, since shops ask with every page. The write key alone opens what is of no one:
what comes after given items, what belongs to one, what is trending. What is known of a visitor takes their token, too.
"""

import asyncio
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import UUID

import msgspec

from gooddata.errors import InputError
from gooddata.eventlog.postgres import UNAVAILABLE
from gooddata.inside.request_ids import current
from gooddata.persistence.pseudonym import Pseudonyms
from gooddata.recommending import MOST_ITEMS, Asked, Told
from gooddata.serving.access import Access, NotAllowed
from gooddata.serving.holdouts import Holdouts
from gooddata.serving.recommender import Busy, Recommender

PATH = b"/v1/recommendations"
COUNT = 10
_LONGEST = 512  # characters of a name

_CORS = b"access-control-allow-origin: *\r\n"
_PREFLIGHT = (
    _CORS + b"access-control-allow-methods: GET, OPTIONS\r\naccess-control-allow-headers: authorization\r\n"
    b"access-control-max-age: 86400\r\n"
)
_JSON = _CORS + b"content-type: application/json\r\ncache-control: no-store\r\n"
_encode = msgspec.json.Encoder().encode

_KNOWN = frozenset(
    {"key", "visitor", "token", "items", "similar_to", "count", "category", "exclude", "exclude_seen",
     "exclude_bought", "diversity"}
)  # fmt: skip
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


class Request(Protocol):
    """What an endpoint is given; gooddata/door.py has it."""

    method: str
    query: str
    headers: Any
    id: str

    def respond(self, status: int, headers: bytes, body: bytes) -> None: ...


class RecommendationsApi:
    """Answers GET and OPTIONS on PATH."""

    def __init__(self, access: Access, pseudonyms: Pseudonyms, recommender: Recommender, holdouts: Holdouts) -> None:
        self._holdouts = holdouts
        self._access = access
        self._pseudonyms = pseudonyms
        self._recommender = recommender
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, request: Request) -> None:
        if request.method == "OPTIONS":
            request.respond(204, _PREFLIGHT, b"")
            return
        task = asyncio.create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Request) -> None:
        current.set(request.id)
        try:
            if request.method != "GET":
                raise InputError("ask with GET", "method")
            told = await self._told(request)
        except NotAllowed as problem:
            request.respond(401, _JSON, _error("not_allowed", str(problem)))
        except InputError as problem:
            request.respond(400, _JSON, _error("bad_input", str(problem), problem.field))
        except (Busy, *UNAVAILABLE) as problem:
            text = str(problem) if isinstance(problem, Busy) else "the database does not answer now"
            request.respond(503, _JSON + b"retry-after: 1\r\n", _error("unavailable", text))
        else:
            request.respond(200, _JSON, _encode(_answered(told)))

    async def _told(self, request: Request) -> Told:
        given = _given(request.query)
        scheme, _, bearer = (request.headers.get("authorization") or "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else given.get("key", "")
        found = await self._access.of_key(key)
        if found is None or found.project is None:
            raise NotAllowed("the write key is not known: send it as key or as Bearer")
        asked = self._asked(found.project, given)
        if asked.visitor is not None and self._holdouts.holds(found.project, asked.visitor):
            return Told(number=0, recommendations=[], reason="this visitor is held out: nothing is recommended to them")
        return await self._recommender.ask(asked)

    def _asked(self, project: str, given: dict[str, str]) -> Asked:
        visitor: UUID | None = None
        if name := given.get("visitor"):
            if not self._pseudonyms.token_is_valid(project, name, given.get("token", "")):
                raise NotAllowed("the token is not this visitor's: use the one from the reply to its own events")
            visitor = self._pseudonyms.visitor(project, name)
        elif "token" in given:
            raise InputError("a token needs its visitor", "visitor")
        return Asked(
            number=0,
            project=project,
            count=_count(given),
            visitor=visitor,
            items=_names(given, "items"),
            similar_to=given.get("similar_to"),
            category=given.get("category"),
            exclude=_names(given, "exclude"),
            exclude_seen=_yes(given, "exclude_seen") or False,
            exclude_bought=_yes(given, "exclude_bought"),
            diversity=_share(given, "diversity"),
        )


def _answered(told: Told) -> dict[str, Any]:
    return {
        "recommendations": told.recommendations,
        "known": told.known,
        "model": told.model,
        "reason": told.reason,
    }


def _error(code: str, message: str, field: str | None = None) -> bytes:
    return _encode({"error": {"code": code, "message": message, "field": field, "request_id": current.get()}})


def _given(query: str) -> dict[str, str]:
    try:
        given = parse_qs(query, keep_blank_values=False, max_num_fields=50)
    except ValueError:
        raise InputError("there are too many parameters") from None
    for name, values in given.items():
        if name not in _KNOWN:
            raise InputError(f"there is no parameter {name!r}; there are {', '.join(sorted(_KNOWN))}", name)
        if len(values) > 1:
            raise InputError(f"{name} is given more than once; separate several by commas", name)
    return {name: values[0] for name, values in given.items()}


def _names(given: dict[str, str], field: str) -> list[str]:
    names = [name.strip() for name in given.get(field, "").split(",") if name.strip()]
    if len(names) > MOST_ITEMS:
        raise InputError(f"{field} may name {MOST_ITEMS} items; there are {len(names)}", field)
    if any(len(name) > _LONGEST for name in names):
        raise InputError(f"an item's name in {field} may have {_LONGEST} characters", field)
    return names


def _count(given: dict[str, str]) -> int:
    text = given.get("count", str(COUNT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_ITEMS):
        raise InputError(f"count must be a whole number from 1 to {MOST_ITEMS}, not {text!r}", "count")
    return int(text)


def _yes(given: dict[str, str], field: str) -> bool | None:
    text = given.get(field)
    if text is None:
        return None
    if text.lower() not in _TRUE | _FALSE:
        raise InputError(f"{field} must be true or false, not {text!r}", field)
    return text.lower() in _TRUE


def _share(given: dict[str, str], field: str) -> float | None:
    text = given.get(field)
    if text is None:
        return None
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError(f"{field} must be a number from 0 to 1, not {text!r}", field)
    return share
