"""Requests, by route and status, and how long they took; and which of them are logged."""

import logging
import time
from collections.abc import Iterable

from gooddata.inside.numbers import Histogram, Sample, Tally

OTHER = "other"  # the route of what no pattern is known for
LOGGED_A_SECOND = 20  # of failed requests; a flood of them must not become a flood of log lines

logger = logging.getLogger("gooddata.requests")


class Requests:
    """Counts in plain numbers. `logged` is none, failed (answered with 5xx) or all."""

    def __init__(self, logged: str = "failed") -> None:
        self._logged = logged
        # Routes, methods and statuses are from lists of ours or of the parser's.
        self._counts = Tally(2_000)
        self._seconds: dict[str, Histogram] = {}
        self._second = 0
        self._lines = self._left_out = 0
        self.refused = Tally()

    def answered(self, route: str, method: str, status: int, seconds: float, request_id: str) -> None:
        counts = self._counts.counts
        key = (route, method, str(status))
        if key in counts:
            counts[key] += 1
        else:
            self._counts.add(key)
        histogram = self._seconds.get(route)
        if histogram is None:
            histogram = self._seconds[route] = Histogram()
        histogram.add(seconds)
        if self._logged == "all" or (status >= 500 and self._logged == "failed"):
            self._log(route, method, status, seconds, request_id)

    def _log(self, route: str, method: str, status: int, seconds: float, request_id: str) -> None:
        second = int(time.monotonic())
        if second != self._second:
            if self._left_out:
                logger.warning("%d failed requests were not logged, one by one, a moment ago", self._left_out)
            self._second, self._lines, self._left_out = second, 0, 0
        self._lines += 1
        if self._logged != "all" and self._lines > LOGGED_A_SECOND:
            self._left_out += 1
            return
        # By its pattern: what stands in the path or the query may be somebody's.
        told = {"request_id": request_id, "method": method, "route": route, "status": status}
        told["ms"] = round(seconds * 1_000, 2)
        level = logging.WARNING if status >= 500 else logging.INFO
        logger.log(level, "%s %s answered %d in %.1f ms", method, route, status, seconds * 1_000, extra=told)

    def samples(self) -> Iterable[Sample]:
        yield from self._counts.samples("gooddata_http_requests_total")
        for route, histogram in self._seconds.items():
            yield Sample("gooddata_http_request_seconds", histogram, (route,))
        yield from self.refused.samples("gooddata_http_refused_total")
