"""How far a replay is, on standard error."""

import sys
import time
from typing import Literal, TextIO

import msgspec

from gooddata.replay.report import Report

_LINE_EVERY = 5.0
"""Seconds between two lines where no terminal can overwrite the last one."""


Phase = Literal["reading", "sending"]


class Progress(msgspec.Struct, frozen=True):
    """`fraction` of the file is done, 0 to 1, in this phase; `reading` finds the file's hash and times."""

    phase: Phase
    fraction: float
    report: Report


class StderrProgress:
    """Shows progress as one line that rewrites itself on a terminal, and as a line now and then elsewhere."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._shown = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if self._terminal:
            self._stream.write(f"\r\x1b[K{_line(progress)}")
        elif time.monotonic() - self._shown > _LINE_EVERY:
            self._shown = time.monotonic()
            self._stream.write(_line(progress) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Leave the terminal on a fresh line."""
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _line(progress: Progress) -> str:
    report = progress.report
    if progress.phase == "reading":
        return f"{progress.fraction:4.0%}  reading the file once for its hash"
    counts = f"accepted {report.accepted:,}  duplicate {report.duplicate:,}  rejected {report.rejected.total():,}"
    return f"{progress.fraction:4.0%}  rows {report.rows:,}  {report.events_per_second:,.0f} events/s  {counts}"
