"""What a worker has counted, round by round."""

import time
from collections.abc import Iterable, Sequence

from gooddata.inside.numbers import Histogram, Sample
from gooddata.intelligence.results.round import Round
from gooddata.intelligence.results.work_out import Outcome

# Seconds: a click is meant to be answered within one, and a worker that is behind takes minutes.
_TO_SCORE = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)

# What a browser sends later than so many milliseconds after it happened, nobody waits for: it is sent after the visit,
# or by a program that makes up the past.
LATE_MS = 30_000


class Worked:
    def __init__(self, visitors_limit: int) -> None:
        self.applied = self.moved = self.failed = self.restarts = 0
        self.events = self.batches = self.unreadable = 0
        self.given = self.abstained = self.published = 0
        self.held: Sequence[int] = ()
        self.share = self.visitors = 0
        self.visitors_limit = visitors_limit
        self.seconds = Histogram()
        self.from_click = Histogram(_TO_SCORE)
        self.from_receipt = Histogram(_TO_SCORE)
        # When what was applied last of each partition was received, in epoch milliseconds.
        self._caught_up: dict[int, int] = {}

    def add(self, work: Round, outcomes: Sequence[Outcome], seconds: float) -> None:
        """A round that is committed."""
        self.applied += 1
        self.seconds.add(seconds)
        self.events += len(work.facts)
        self.batches += work.batches
        self.unreadable += len(work.unreadable)
        for move in work.moves:
            self._caught_up[move.partition] = move.caught_up_at
        now = time.time() * 1_000
        for outcome in outcomes:
            given = sum(score.score is not None for score in outcome.scores)
            self.given += given
            self.abstained += len(outcome.scores) - given
            self.published += len(outcome.told)
            # A session has a score for each task; its visitor waits once.
            for session in {id(score.session): score.session for score in outcome.told}.values():
                if session.received_at - session.last_at > LATE_MS:
                    continue
                self.from_click.add(max(now - session.last_at, 0.0) / 1_000)
                self.from_receipt.add(max(now - session.received_at, 0.0) / 1_000)

    def hold(self, partitions: Sequence[int], share: int) -> None:
        self.held, self.share = partitions, share
        self._caught_up = {partition: at for partition, at in self._caught_up.items() if partition in partitions}

    def samples(self) -> Iterable[Sample]:
        for outcome, rounds in (("applied", self.applied), ("moved", self.moved), ("failed", self.failed)):
            yield Sample("gooddata_worker_rounds_total", rounds, (outcome,))
        yield Sample("gooddata_worker_round_seconds", self.seconds)
        yield Sample("gooddata_worker_events_total", self.events)
        yield Sample("gooddata_worker_batches_total", self.batches)
        yield Sample("gooddata_worker_unreadable_total", self.unreadable)
        yield Sample("gooddata_worker_restarts_total", self.restarts)
        yield Sample("gooddata_worker_partitions", len(self.held))
        yield Sample("gooddata_worker_partitions_share", self.share)
        yield Sample("gooddata_worker_visitors", self.visitors)
        yield Sample("gooddata_worker_visitors_limit", self.visitors_limit)
        now = time.time() * 1_000
        for partition, at in self._caught_up.items():
            age = max(now - at, 0.0) / 1_000
            yield Sample("gooddata_worker_position_age_seconds", age, (str(partition),))
        yield Sample("gooddata_scores_total", self.given, ("given",))
        yield Sample("gooddata_scores_total", self.abstained, ("abstained",))
        yield Sample("gooddata_scores_published_total", self.published)
        yield Sample("gooddata_click_to_score_seconds", self.from_click)
        yield Sample("gooddata_receipt_to_score_seconds", self.from_receipt)
