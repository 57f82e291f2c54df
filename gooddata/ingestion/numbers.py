"""What group commits have counted: by the ledger's own words, and only once an append has happened."""

from collections.abc import Iterable, Mapping

from gooddata.eventlog.batch import LedgerKey
from gooddata.inside.numbers import Histogram, Sample, Tally

_EVENTS = (1.0, 5.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0)


class Committed:
    """Counted flush by flush, never event by event. Reasons are fixed words of ours; were they not, there would be no
    more than so many all the same."""

    def __init__(self) -> None:
        self.events = Tally(100)
        self.spooled = self.batches = self.done = self.failed = self.contended = 0
        self.seconds = Histogram()
        self.sizes = Histogram(_EVENTS)

    def add(self, ledger: Mapping[LedgerKey, int], batches: int, events: int, seconds: float) -> None:
        """An append that has happened."""
        for (_, _, outcome, reason), count in ledger.items():
            self.events.add((outcome, reason), count)
        self.batches += batches
        self.done += 1
        self.seconds.add(seconds)
        self.sizes.add(events)

    def samples(self) -> Iterable[Sample]:
        yield from self.events.samples("gooddata_events_total")
        yield Sample("gooddata_events_spooled_total", self.spooled)
        yield Sample("gooddata_batches_stored_total", self.batches)
        yield Sample("gooddata_commits_total", self.done, ("done",))
        yield Sample("gooddata_commits_total", self.failed, ("failed",))
        yield Sample("gooddata_commits_contended_total", self.contended)
        yield Sample("gooddata_commit_seconds", self.seconds)
        yield Sample("gooddata_commit_events", self.sizes)
