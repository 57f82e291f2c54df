"""What a process that ends what is past its term has counted."""

import time
from collections.abc import Iterable

from gooddata.inside.numbers import Sample, Tally


class RetentionNumbers:
    def __init__(self) -> None:
        self.runs = Tally()
        self._rows = Tally()
        self._succeeded: float | None = None

    def ended(self, rows: dict[str, dict[str, int]]) -> None:
        """A look that came to its end, and the rows that went by kind and project."""
        self.runs.add(("done",))
        self._succeeded = time.time()
        for kind, counts in rows.items():
            self._rows.add((kind,), sum(counts.values()))

    def samples(self) -> Iterable[Sample]:
        yield from self.runs.samples("gooddata_retention_runs_total")
        yield from self._rows.samples("gooddata_retention_rows_total")
        if self._succeeded is not None:
            yield Sample("gooddata_retention_last_success_seconds", self._succeeded)
