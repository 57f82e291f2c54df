"""Events that say more than their name, and what of it goes on to analytics by itself: of which intervention an
exposure is, which element was clicked in vain, which form was begun and at which field it was left."""

from collections.abc import Callable
from typing import Any

import msgspec

from gooddata.intelligence.facts.elements import clean_element, clean_role
from gooddata.intelligence.facts.scrub import clean_id, clean_text
from gooddata.intelligence.facts.wire import Properties

FIELDS_TOLD = 20
"""How many fields of a form the engine tells of (engine/src/signals/forms.ts)."""


class _Field(msgspec.Struct):
    path: str


_decode_fields = msgspec.json.Decoder(list[_Field]).decode
_encode = msgspec.json.Encoder().encode


class Own(msgspec.Struct, frozen=True):
    """`read` gives a value, or None, for each of `names`. No owner's rule can put anything else under these."""

    names: frozenset[str]
    read: Callable[[Properties], dict[str, Any]]

    def of(self, sent: Properties) -> str | None:
        """What an event has of them, as a JSON object; None where it has none."""
        kept = {name: value for name, value in self.read(sent).items() if value is not None}
        return _encode(kept).decode() if kept else None


def _exposure(sent: Properties) -> dict[str, Any]:
    return {
        "intervention": clean_text(sent.intervention),
        "variant": clean_text(sent.variant),
        "item": clean_id(sent.item),
    }


def _click(sent: Properties) -> dict[str, Any]:
    return {"element": clean_element(sent.path), "role": clean_role(sent.role)}


def _form_begun(sent: Properties) -> dict[str, Any]:
    return {"form": clean_element(sent.form)}


def _form_over(sent: Properties) -> dict[str, Any]:
    """`field` is the last of those that were begun, as far as the engine tells of them."""
    fields = _fields(sent.fields)
    return _form_begun(sent) | {
        "fields": None if fields is None else len(fields),
        "field": clean_element(fields[-1].path) if fields else None,
    }


def _fields(sent: msgspec.Raw) -> list[_Field] | None:
    try:
        fields = _decode_fields(sent)
    except ValueError:
        return None
    return fields if len(fields) <= FIELDS_TOLD else None


_EXPOSURES = Own(frozenset({"intervention", "variant", "item"}), _exposure)
_CLICKS = Own(frozenset({"element", "role"}), _click)
_FORMS_BEGUN = Own(frozenset({"form", "fields", "field"}), _form_begun)
_FORMS_OVER = Own(_FORMS_BEGUN.names, _form_over)

OWN = {
    **dict.fromkeys(("$exposure", "$exposure_click", "$exposure_dismiss"), _EXPOSURES),
    **dict.fromkeys(("$rage_click", "$dead_click"), _CLICKS),
    "$form_start": _FORMS_BEGUN,
    **dict.fromkeys(("$form_submit", "$form_abandon"), _FORMS_OVER),
}
