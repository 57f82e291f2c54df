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
# A slug of words may be long; a token mixes digits and both cases, or has no words in it.
_WORDS = re.compile(r"[a-z]+(?:[-_.][a-z0-9]+)*|[A-Za-z][a-z]+(?:[-_.][A-Za-z0-9][a-z0-9]*)*")


def clean_text(value: Any) -> str | None:
    """A text or number as a text of at most TEXT_CHARACTERS, without NUL and without e-mail addresses; else None."""
    if type(value) is str:
        return _clean_text(value)
    if type(value) in (int, float):
        return str(value)[:TEXT_CHARACTERS]
    return None


@lru_cache(maxsize=20_000)
def _clean_text(text: str) -> str | None:
    text = text.replace("\0", "").strip()
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(":email", text)
    return text[:TEXT_CHARACTERS] or None


@lru_cache(maxsize=20_000)
def clean_path(path: str) -> str:
    """The path of a URL without query and fragment; parts that look like a person's or a secret become `:email` etc."""
    path = path.replace("\0", "").partition("?")[0].partition("#")[0]
    parts = [_clean_part(part) if part else part for part in path[: 4 * PATH_CHARACTERS].split("/")]
    cleaned = "/".join(parts)[:PATH_CHARACTERS]
    return cleaned if cleaned.startswith("/") else "/" + cleaned


def _clean_part(part: str) -> str:
    part = part.partition(";")[0]
    plain = unquote(part)
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
    return part
