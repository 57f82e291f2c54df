"""What a replay came to, counted in events."""

from collections import Counter
from datetime import UTC, datetime

import msgspec

from gooddata.client import Receipt
from gooddata.replay.row import Malformed

_EXAMPLES = 10


class BadLine(msgspec.Struct, frozen=True):
    """The number of a malformed line, from 1, and what is wrong with it."""

    line: int
    reason: str


class Report(msgspec.Struct):
    """`rows` = `sent` + `malformed` once a replay is through, and `sent` is the sum of the API's five answers.

    `rejected` counts by reason. `first` and `last` are the times of the earliest and the latest event, as sent, in UTC.
    `stopped` says why a replay ended before the file did. As JSON it is what `--json` prints, as text a table.
    """

    rows: int = 0
    sent: int = 0
    accepted: int = 0
    duplicate: int = 0
    spooled: int = 0
    dropped: int = 0
    rejected: Counter[str] = msgspec.field(default_factory=Counter)
    malformed: int = 0
    malformed_lines: list[BadLine] = []
    first: datetime | None = None
    last: datetime | None = None
    seconds: float = 0.0
    events_per_second: float = 0.0
    stopped: str | None = None

    def add_row(self, at: int) -> None:
        """A row whose event is sent with the time `at`, in epoch milliseconds."""
        moment = datetime.fromtimestamp(at / 1_000, UTC)
        self.rows += 1
        self.first = min(self.first or moment, moment)
        self.last = max(self.last or moment, moment)

    def add_malformed(self, line: int, malformed: Malformed) -> None:
        self.rows += 1
        self.malformed += 1
        if len(self.malformed_lines) < _EXAMPLES:
            self.malformed_lines.append(BadLine(line, malformed.reason))

    def add_receipt(self, receipt: Receipt) -> None:
        self.accepted += receipt.accepted
        self.duplicate += receipt.duplicate
        self.spooled += receipt.spooled
        self.dropped += receipt.dropped
        self.rejected.update(rejection.reason for rejection in receipt.rejected)
        stored = receipt.accepted + receipt.duplicate + receipt.spooled
        self.sent += stored + receipt.dropped + len(receipt.rejected)

    def add_refused(self, reason: str) -> None:
        """An event that the API refused to read at all."""
        self.rejected[reason] += 1
        self.sent += 1

    def took(self, seconds: float) -> None:
        self.seconds = round(seconds, 3)
        self.events_per_second = round(self.sent / seconds, 1) if seconds > 0 else 0.0

    def __str__(self) -> str:
        period = f"{_iso(self.first)} to {_iso(self.last)}" if self.first and self.last else "none"
        rate = f"{self.seconds:,.1f} s, {self.events_per_second:,.0f} events/s"
        lines = [
            f"{'rows':<12}{self.rows:>12,}",
            f"{'sent':<12}{self.sent:>12,}",
            f"{'  accepted':<12}{self.accepted:>12,}",
            f"{'  duplicate':<12}{self.duplicate:>12,}",
            f"{'  spooled':<12}{self.spooled:>12,}",
            f"{'  dropped':<12}{self.dropped:>12,}",
            f"{'  rejected':<12}{self.rejected.total():>12,}",
            *(f"{'':<24}  {count:,} {reason}" for reason, count in self.rejected.most_common()),
            f"{'malformed':<12}{self.malformed:>12,}",
            *(f"{'':<24}  line {bad.line}: {bad.reason}" for bad in self.malformed_lines),
            f"{'times, UTC':<12}{period}",
            f"{'took':<12}{rate}",
        ]
        if self.stopped:
            lines.append(f"{'stopped':<12}{self.stopped}")
        return "\n".join(lines)


def _iso(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
