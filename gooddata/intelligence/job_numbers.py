"""What the trainer's process has counted: standing jobs, and trainings."""

import time
from collections.abc import Iterable

from gooddata.inside.numbers import Histogram, Sample, Tally

# Seconds: a job takes from some milliseconds to minutes.
_LONG = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0)


class JobNumbers:
    def __init__(self) -> None:
        self._runs = Tally()
        self._seconds: dict[str, Histogram] = {}
        self._succeeded: dict[str, float] = {}
        self._trainings = Tally()
        self._training_seconds = Histogram(_LONG)

    def ran(self, job: str, seconds: float, failed: bool) -> None:
        """A job that was at a project."""
        self._runs.add((job, "failed" if failed else "done"))
        self._seconds.setdefault(job, Histogram(_LONG)).add(seconds)
        if not failed:
            self._succeeded[job] = time.time()

    def trained(self, seconds: float, failed: bool) -> None:
        self._trainings.add(("failed" if failed else "done",))
        self._training_seconds.add(seconds)

    def samples(self) -> Iterable[Sample]:
        yield from self._runs.samples("gooddata_job_runs_total")
        for job, histogram in self._seconds.items():
            yield Sample("gooddata_job_seconds", histogram, (job,))
        for job, at in self._succeeded.items():
            yield Sample("gooddata_job_last_success_seconds", at, (job,))
        yield from self._trainings.samples("gooddata_trainings_total")
        yield Sample("gooddata_training_seconds", self._training_seconds)
