"""What a dialect gives the endpoint for each of its paths, and what it is given."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from gooddata.ingestion.headers import Headers
from gooddata.ingestion.request import Opened, key_of
from gooddata.ingestion.unusable import Unusable


class Request(msgspec.Struct, frozen=True):
    """A request as it came; `path` is without a trailing slash, `received_at` in epoch ms."""

    path: str
    query_string: str
    headers: Headers
    scheme: str
    body: bytes
    received_at: int

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter; None too where there are more parameters than anyone needs."""
        return first_value(self.query_string, name)

    @property
    def header_key(self) -> str | None:
        """The key in the Authorization header."""
        return key_of(self.headers.get("authorization"))

    @property
    def origin(self) -> tuple[str, str]:
        """Scheme and host under which the sender reached us, also through a proxy that says so."""
        scheme = (self.headers.get("x-forwarded-proto") or self.scheme).split(",")[0].strip()
        host = self.headers.get("x-forwarded-host") or self.headers.get("host") or "localhost"
        return ("https" if scheme == "https" else "http"), host.split(",")[0].strip()


def first_value(form: str, name: str) -> str | None:
    """The first value of a field in text of the form a=1&b=2, of which no more than 100 fields are read."""
    try:
        return parse_qs(form, max_num_fields=100).get(name, [None])[0]
    except ValueError:
        return None


class Reply(msgspec.Struct, frozen=True):
    """An answer: its status, body and media type."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"


class Sent(msgspec.Struct, frozen=True):
    """A request's events in GoodData's form, with the ids by which the SDK knows them, in the same order."""

    opened: Opened
    ids: list[str | None]


class Events(msgspec.Struct, frozen=True):
    """Takes events in. `receipt` is given what was refused; `refusal` why the request as a whole was."""

    open: Callable[[Request], Sent]
    receipt: Callable[[Request, Sent, list[dict[str, Any]]], Reply]
    refusal: Callable[[Unusable], Reply]


class Question(msgspec.Struct, frozen=True):
    """Answers what an SDK asks. `key` finds the project's write key in the request."""

    key: Callable[[Request], str | None]
    answer: Callable[[Request, str], Reply]
    refusal: Callable[[Unusable], Reply]
