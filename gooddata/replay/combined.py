"""Web server logs: Apache's and nginx's combined and common formats, and a tab-separated table of the same columns."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

from gooddata.replay.request import Request, request_event, revealed_site
from gooddata.replay.row import LATEST, Malformed, Reader, Row, whole_number

_QUOTED = r'([^"\\]*(?:\\.[^"\\]*)*)'
# Servers cut long user agents off, quote and all, so that the last one may go without its closing quote.
_LINE = re.compile(
    r"(?P<host>\S+) \S+ (?P<user>\S.*?) "
    r"\[(?P<day>\d\d)/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4})"
    r":(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d) (?P<zone>[+-]\d{4})\] "
    rf'"(?P<request>{_QUOTED})" (?P<status>\d{{3}}) (?P<size>\d+|-)'
    rf'(?: "(?P<referrer>{_QUOTED})" "(?P<agent>{_QUOTED})(?:".*)?)?',
    re.ASCII,
)
_REQUEST = re.compile(r"([A-Z]{3,20}) (\S+)(?: HTTP/[\d.]+)?", re.ASCII)
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\(.)")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_TABLE = {"host", "time", "method", "url", "response", "bytes"}


def reader() -> Reader:
    """Reads quoted lines, until a header line of tab-separated column names says that the file is a table.

    Learns on the way which site it is, so that visitors do not seem to come from the site itself.
    """
    columns: list[str] = []
    sites: Counter[str] = Counter()
    site: str | None = None

    def read(line: str) -> Row | Malformed | None:
        nonlocal columns, site
        if not line.strip():
            return None
        cells = line.split("\t")
        if _TABLE.issubset(cells):
            columns = cells
            return None
        request = _from_table(columns, cells) if columns else _from_line(line)
        if isinstance(request, Malformed):
            return request
        if revealed := revealed_site(request):
            sites[revealed] += 1
            site = sites.most_common(1)[0][0]
        return request_event(request, site)

    return read


def _from_line(line: str) -> Request | Malformed:
    found = _LINE.fullmatch(line)
    if found is None:
        return Malformed("not in combined or common log format")
    at = _time(found)
    if at is None:
        return Malformed("no such date or time")
    # What a server could not read as a request ("-", or noise) is still one, answered with a 400 or a 408.
    asked = _REQUEST.fullmatch(_unescaped(found["request"]))
    size, user, agent, referrer = found["size"], found["user"], found["agent"], found["referrer"]
    return Request(
        host=found["host"],
        at=at,
        method=asked[1] if asked else None,
        target=asked[2] if asked else None,
        status=int(found["status"]),
        size=whole_number(size),
        user=None if user in ("-", '""') else user,
        referrer=None if referrer in (None, "-") else _unescaped(referrer),
        agent="" if agent == "-" else agent and _unescaped(agent),
    )


def _time(found: re.Match[str]) -> int | None:
    """Read by hand: strptime takes ten times as long, and the names of months from the machine's language."""
    zone = int(found["zone"])
    hours, minutes = divmod(abs(zone), 100)
    try:
        offset = timezone(timedelta(hours=hours, minutes=minutes) * (1 if zone >= 0 else -1))
        day = (int(found["year"]), _MONTHS[found["month"]], int(found["day"]))
        at = datetime(*day, int(found["h"]), int(found["m"]), int(found["s"]), tzinfo=offset).astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    return max(0, int(at.timestamp()) * 1_000)


def _unescaped(text: str) -> str:
    r"""Apache writes `\"` and `\xe4`, nginx `\x22`; bytes above ASCII are put back together as UTF-8."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda e: chr(int(e[1], 16)) if e[1] else e[2], text)
    try:
        return plain.encode("latin-1").decode()
    except UnicodeError:
        return plain


def _from_table(columns: list[str], cells: list[str]) -> Request | Malformed:
    if len(cells) != len(columns):
        return Malformed(f"{len(cells)} columns instead of {len(columns)}")
    said = dict(zip(columns, cells, strict=True))
    seconds, status = whole_number(said["time"]), whole_number(said["response"])
    if seconds is None or seconds * 1_000 > LATEST:
        return Malformed("time is no epoch seconds")
    if status is None or not said["host"]:
        return Malformed("no host or response")
    return Request(
        host=said["host"],
        at=seconds * 1_000,
        method=said["method"] or None,
        target=said["url"] or None,
        status=status,
        size=whole_number(said["bytes"]),
        referrer=said.get("referer") or None,
        agent=said.get("useragent") or None,
    )
