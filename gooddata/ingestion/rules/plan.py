"""A tracking plan: a JSON Schema for the properties or traits of each event that is planned.

{"mode": "warn", "unplanned": "allow",
 "events": {"Order Completed": {"type": "object", "required": ["order_id"]}},
 "types": {"identify": {"properties": {"email": {"type": "string"}}}}}
"""

from typing import Any, Literal

import msgspec

from gooddata.errors import InputError
from gooddata.ingestion import limits

Schema = dict[str, Any] | bool


class PlanDocument(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A plan as its owner writes it: `events` are track events by name, `types` all other events by type."""

    mode: Literal["warn", "enforce"] = "warn"
    unplanned: Literal["allow", "reject"] = "allow"
    events: dict[str, Schema] = {}
    types: dict[Literal["page", "screen", "identify", "group", "alias"], Schema] = {}


class Violation(msgspec.Struct, frozen=True):
    """How an event differs from its plan. `place` is the field without the positions in arrays, so that all are one."""

    event: str
    field: str
    place: str
    message: str


class _Event(msgspec.Struct):
    type: str | None = None
    name: str | None = None
    event: str | None = None
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()


_decode_event = msgspec.json.Decoder(_Event).decode
_decode = msgspec.json.Decoder().decode


def read_plan(document: bytes) -> PlanDocument:
    """The plan in a document. Raises InputError that says what is wrong with it, its schemas included."""
    if len(document) > limits.PLAN_BYTES:
        raise InputError(f"the plan has {len(document):,} bytes; at most {limits.PLAN_BYTES:,} are taken")
    try:
        plan = msgspec.json.decode(document, type=PlanDocument)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as failure:
        raise InputError(
            f'the plan cannot be read: {failure}; write it like {{"mode": "warn", "unplanned": "allow", '
            '"events": {"Order Completed": {…}}, "types": {"identify": {…}}}, a JSON Schema for each event'
        ) from None
    if (planned := len(plan.events) + len(plan.types)) > limits.PLAN_EVENTS:
        raise InputError(f"the plan names {planned:,} events; at most {limits.PLAN_EVENTS:,} are taken")
    Plan(plan)
    return plan


class Plan:
    """A plan made ready: `violation(raw)` says how an event differs from it. Raises InputError for a bad schema."""

    def __init__(self, document: PlanDocument) -> None:
        self.enforced = document.mode == "enforce"
        self._closed = document.unplanned == "reject"
        self._events = {name: _compiled(schema, f"the event {name!r}") for name, schema in document.events.items()}
        self._types: dict[str, Any] = {
            name: _compiled(schema, f"the type {name!r}") for name, schema in document.types.items()
        }

    def violation(self, raw: bytes) -> Violation | None:
        """How an accepted event's JSON differs from the plan; None when it fits."""
        sent = _decode_event(raw)
        if sent.type == "track":
            name = sent.name or sent.event or ""
            schema = self._events.get(name)
            field = "name" if sent.name else "event"
        else:
            name = field = sent.type or ""
            schema = self._types.get(name)
        if schema is None:
            # What the engine records by itself, under names that begin with $, is no event that people plan.
            if not self._closed or name.startswith("$"):
                return None
            field = "type" if sent.type != "track" else field
            return Violation(name, field, field, f"{name!r} is not in the tracking plan")
        holder, values = _values(sent)
        if schema.is_valid(values):
            return None
        return _described(name, holder, next(schema.iter_errors(values)))


def _values(sent: _Event) -> tuple[str, Any]:
    """What a schema is held against, and where it is: the properties, or else the traits, {} where there are none."""
    for holder, raw in (("properties", sent.properties), ("traits", sent.traits)):
        if raw and (values := _decode(raw)) is not None:
            return holder, values
    return "traits" if sent.type in ("identify", "group") else "properties", {}


def _compiled(schema: Schema, of: str) -> Any:
    """A validator: references leave the schema for nowhere, and regular expressions take linear time."""
    import jsonschema_rs  # 15 MB of native code, for projects that have a plan

    try:
        return jsonschema_rs.validator_for(
            schema, validate_formats=True, offline=True, mask="the value", pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError as failure:
        place = "".join(f"/{step}" for step in getattr(failure, "instance_path", ()))
        message = getattr(failure, "message", str(failure))
        raise InputError(f"the schema of {of} is no usable JSON Schema: {place and place + ': '}{message}") from None


def _described(event: str, holder: str, error: Any) -> Violation:
    steps: list[str | int] = [holder, *error.instance_path]
    kind = error.kind
    if kind.name == "required":
        steps.append(kind.property)
    elif kind.name == "additionalProperties" and kind.unexpected:
        steps.append(kind.unexpected[0])
    return Violation(
        event,
        ".".join(map(str, steps))[: limits.TEXT_CHARACTERS],
        ".".join("*" if isinstance(step, int) else step for step in steps)[: limits.TEXT_CHARACTERS],
        error.message[: limits.TEXT_CHARACTERS],
    )
