"""Log lines: text for people, or one JSON object a line; without secrets, with the id of the request they are of."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

from gooddata.inside.numbers import Sample, Tally
from gooddata.inside.redact import redacted
from gooddata.inside.request_ids import current

_TEXT = "%(asctime)s %(name)s: %(message)s"
# What a caller may put beside a message: logger.warning(..., extra={"route": ...}).
FIELDS = ("request_id", "trace_id", "method", "route", "status", "ms")

_levels = Tally()
_encode = msgspec.json.Encoder().encode


def configure(form: str, process: str) -> None:
    """From here on this process logs so; `form` is text or json."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(process) if form == "json" else Text())
    handler.addFilter(_count)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("gooddata.requests").setLevel(logging.INFO)
    # It prints a traceback for each attempt while a database is away; those who asked are told, once.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)
    sys.excepthook = _log_uncaught if form == "json" else sys.__excepthook__


def is_json() -> bool:
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)


def say(text: str) -> None:
    """Tells a person at the terminal something, or, where lines are JSON, the log."""
    if is_json():
        logging.getLogger("gooddata").warning("%s", text)
    else:
        print(f"gooddata: {redacted(text)}", file=sys.stderr, flush=True)


def samples() -> list[Sample]:
    return _levels.samples("gooddata_log_messages_total")


class Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        request_id = getattr(record, "request_id", None) or current.get()
        return redacted(f"{text} [request {request_id}]" if request_id else text)


class JsonLines(logging.Formatter):
    """`time`, `level`, `process`, `logger`, `message`; `error` with the traceback; what else is known, under FIELDS."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": record.process,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if (request_id := current.get()) is not None:
            line["request_id"] = request_id
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0]:
            line["error"] = redacted("".join(traceback.format_exception(*record.exc_info)))
        return _encode(line).decode()


def _count(record: logging.LogRecord) -> bool:
    _levels.add((record.levelname.lower(),))
    return True


def _log_uncaught(kind: type[BaseException], failure: BaseException, where: TracebackType | None) -> None:
    logging.getLogger("gooddata").critical("the process ends", exc_info=(kind, failure, where))
