"""Takes out of texts and paths what may point to a person: addresses, tokens, long numbers."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

TEXT_CHARACTERS = 200
PATH_CHARACTERS = 300

_EMAIL = re.compile(r"[^\s@/:;,<>()\"]+(?:@|%40)[^\s@/:;,<>()\"]+\.[^\s@/:;,<>()\"]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\+?\d[\d .()-]{7,}\d")
_TOKEN = re.compile(r"[A-Za-z0-9_\-.~+=]{24,}")
_DIGITS = re.compile(r"\d{9,}")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,18}\d(?!\d)")
# Across borders, or with brackets; with dots, slashes and dashes alone it may be the number of an article.
_PHONE = re.compile(r"(?<!\w)(?:\+|00)\d[\d ./()-]{6,}\d|\(\d{2,5}\)[ \d./-]{5,}\d")
_SPACED_PHONE = re.compile(r"(?<![\w.])0?\d{1,5}(?:[ ./-]\d{2,})+(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_HEXTETS = r"[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})"
_IPV6 = re.compile(rf"(?<![\w:])(?:{_HEXTETS}{{4,7}}|{_HEXTETS}*::(?:{_HEXTETS}*)?)(?![\w:])")
# What signs somebody in: a JSON Web Token, or a key with a prefix that says so.
_SECRET = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]+)*|\b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][\w-]{12,}")
# A slug of words may be long; a token mixes digits and both cases, or has no words in it.
_WORDS = re.compile(r"[a-z]+(?:[-_.][a-z0-9]+)*|[A-Za-z][a-z]+(?:[-_.][A-Za-z0-9][a-z0-9]*)*")


def clean_text(value: Any) -> str | None:
    """A text or number as a text of at most TEXT_CHARACTERS, without NUL and with `:email`, `:card`, `:phone`,
    `:number`, `:ip`, `:id` and `:token` for what looks like one; else None."""
    if type(value) in (int, float):
        value = str(value)
    return _clean_text(value) if type(value) is str else None


def clean_id(value: Any) -> str | None:
    """As clean_text, for the ids that a site gives to things: they may be long numbers, UUIDs and digests, so that only
    what is a person's beyond doubt is taken out."""
    if type(value) in (int, float):
        return str(value)[:TEXT_CHARACTERS]
    return _clean_id(value) if type(value) is str else None


@lru_cache(maxsize=20_000)
def _clean_text(text: str) -> str | None:
    text = _without_people(_UUID.sub(":id", _plain(text)))
    text = _SPACED_PHONE.sub(_phone, text)
    text = _DIGITS.sub(":number", text)
    text = _TOKEN.sub(_token, text)
    return text[:TEXT_CHARACTERS] or None


@lru_cache(maxsize=20_000)
def _clean_id(text: str) -> str | None:
    return _without_people(_plain(text))[:TEXT_CHARACTERS] or None


def _plain(text: str) -> str:
    return text.replace("\0", "")[: 4 * TEXT_CHARACTERS].strip()


def _without_people(text: str) -> str:
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(":email", text)
    text = _CARD.sub(_card, text)
    text = _PHONE.sub(_phone, text)
    return _SECRET.sub(":token", _IPV6.sub(":ip", _IPV4.sub(":ip", text)))


def _card(found: re.Match[str]) -> str:
    """By the check digit (ISO/IEC 7812-1, Annex B: Luhn's) and the first one, which barcodes seldom meet."""
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    is_card = 14 <= len(digits) <= 19 and digits[0] in (3, 4, 5, 6) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return ":card" if is_card else found[0]


def _phone(found: re.Match[str]) -> str:
    digits = sum(each.isdigit() for each in found[0])
    return ":phone" if 9 <= digits <= 15 else found[0]


def _token(found: re.Match[str]) -> str:
    return found[0] if _WORDS.fullmatch(found[0]) else ":token"


@lru_cache(maxsize=20_000)
def clean_path(path: str) -> str:
    """The path of a URL without query and fragment; parts that look like a person's or a secret become `:email` etc."""
    path = path.replace("\0", "").partition("?")[0].partition("#")[0]
    parts = [_clean_part(part) if part else part for part in path[: 4 * PATH_CHARACTERS].split("/")]
    cleaned = "/".join(parts)[:PATH_CHARACTERS]
    return cleaned if cleaned.startswith("/") else "/" + cleaned


def _clean_part(part: str) -> str:
    part = part.partition(";")[0]
    plain = unquote(part).replace("\0", "")
    if "@" in plain:
        return ":email"
    if _UUID.search(plain):
        return ":id"
    if _HEX.fullmatch(plain):
        return ":id"
    if _LONG_NUMBER.fullmatch(plain):
        return ":number"
    if _TOKEN.fullmatch(plain) and not _WORDS.fullmatch(plain):
        return ":token"
    cleaned = _without_people(plain)
    return part if cleaned == plain else cleaned.replace("/", "")
