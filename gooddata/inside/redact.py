"""Takes out of a text for the log what is secret or names a person, as far as its form tells.

The code logs no such thing by itself. What is left are messages of others: of PostgreSQL, which quotes values, of the
network, which quotes addresses with passwords, of exceptions, which quote what they stumbled over.
"""

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # PostgreSQL's second line tells the values of the row.
    (re.compile(r"^(\s*DETAIL:).*$", re.MULTILINE), r"\1 [left out]"),
    (re.compile(r"(://[^\s/:@'\"]*):[^\s/@'\"]+@"), r"\1:[secret]@"),
    (re.compile(r"\bg[a-z]_[A-Za-z0-9_-]{16,}"), "[key]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), r"\1 [secret]"),
    (re.compile(r"(?i)\b((?:[a-z_]*(?:password|passwd|secret|token|api_?key|write_?key|read_?key))\"?'?\s*[=:]\s*)"
                r"(?:\"[^\"]*\"|'[^']*'|[^\s,;&})]+)"), r"\1[secret]"),
    (re.compile(r"[\w.+%-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[e-mail]"),
)  # fmt: skip


def redacted(text: str) -> str:
    """
    >>> redacted("cannot reach postgresql://me:hunter2@db/x for ann@example.com")
    'cannot reach postgresql://me:[secret]@db/x for [e-mail]'
    """
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text
