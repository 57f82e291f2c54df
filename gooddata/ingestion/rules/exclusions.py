"""Which traffic is a project's own: by where a request comes from, and by whom an event is about."""

import ipaddress
from collections.abc import Iterable
from typing import Any

import msgspec

from gooddata.errors import InputError
from gooddata.ingestion import limits
from gooddata.ingestion.sender import Address

KINDS = ("ip", "user_agent", "user", "property", "trait", "email_domain")
Exclusion = tuple[str, str]
"""A kind and the value that it looks for."""

_decode = msgspec.json.Decoder().decode


class _Event(msgspec.Struct):
    user: Any = None
    user_id: Any = msgspec.field(default=None, name="userId")
    properties: Any = None
    traits: Any = None
    context: Any = None


_decode_event = msgspec.json.Decoder(_Event).decode


def checked(kind: str, value: str) -> Exclusion:
    """An exclusion as it is kept and compared. Raises InputError for one that could match nothing, or everything."""
    value = value.strip()
    if not value or len(value) > limits.TEXT_CHARACTERS:
        raise InputError(f"an exclusion takes 1 to {limits.TEXT_CHARACTERS} characters", kind)
    if kind == "ip":
        try:
            return kind, str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise InputError(f"{value!r} is no IP address and no network like 192.0.2.0/24", kind) from None
    if kind in ("property", "trait"):
        name, equals, wanted = (part.strip() for part in value.partition("="))
        if not (name and equals):
            raise InputError(f"{value!r} is written like name=value", kind)
        return kind, f"{name}={wanted}"
    if kind == "email_domain":
        return kind, value.lower().rpartition("@")[2]
    return kind, value.lower() if kind == "user_agent" else value


class Exclusions:
    """The exclusions of a project, made ready. `of_senders` and `of_events` say whether there are such at all."""

    def __init__(self, exclusions: Iterable[Exclusion]) -> None:
        values: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for kind, value in exclusions:
            values[kind].append(value)
        self._networks = [ipaddress.ip_network(value) for value in values["ip"]]
        self._agents = values["user_agent"]
        self._users = frozenset(values["user"])
        self._properties = _pairs(values["property"])
        self._traits = _pairs(values["trait"])
        self._domains = frozenset(values["email_domain"])
        self._about_people = bool(self._users or self._traits or self._domains)
        self.of_senders = bool(self._networks or self._agents)
        self.of_events = bool(self._about_people or self._properties or self._agents)

    def match_sender(self, address: Address | None, agent: str | None) -> bool:
        """Whether a request comes from the project's own people, by its IP address or its User-Agent header."""
        return self._match_agent(agent) or (
            address is not None and any(address in network for network in self._networks)
        )

    def match_context(self, context: bytes) -> bool:
        """Whether the context that a request's events share says so of all of them."""
        return self._match_context(_decode(context))

    def match_event(self, raw: bytes) -> bool:
        """Whether an accepted event's JSON says so."""
        event = _decode_event(raw)
        return (
            (self._about_people and (self._match_user(event.user or event.user_id) or self._match_traits(event.traits)))
            or _match_values(self._properties, event.properties)
            or self._match_context(event.context)
        )

    def _match_context(self, context: Any) -> bool:
        if not isinstance(context, dict):
            return False
        return self._match_agent(context.get("userAgent")) or self._match_traits(context.get("traits"))

    def _match_agent(self, agent: Any) -> bool:
        if not self._agents or not isinstance(agent, str):
            return False
        agent = agent.lower()
        return any(part in agent for part in self._agents)

    def _match_user(self, user: Any) -> bool:
        return isinstance(user, str) and (user in self._users or self._match_email(user))

    def _match_traits(self, traits: Any) -> bool:
        if not isinstance(traits, dict):
            return False
        return self._match_email(traits.get("email")) or _match_values(self._traits, traits)

    def _match_email(self, email: Any) -> bool:
        return isinstance(email, str) and "@" in email and email.rpartition("@")[2].strip().lower() in self._domains


def _pairs(values: Iterable[str]) -> dict[str, set[str]]:
    pairs: dict[str, set[str]] = {}
    for value in values:
        name, _, wanted = value.partition("=")
        pairs.setdefault(name, set()).add(wanted)
    return pairs


def _match_values(wanted: dict[str, set[str]], sent: Any) -> bool:
    if not wanted or not isinstance(sent, dict):
        return False
    return any(name in sent and _as_text(sent[name]) in values for name, values in wanted.items())


def _as_text(value: Any) -> str | None:
    """A value as it is written in a rule: true, 12.5, free; what is no single value equals nothing."""
    if isinstance(value, str):
        return value
    return None if isinstance(value, dict | list) else msgspec.json.encode(value).decode()
