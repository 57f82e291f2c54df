"""A standing job that takes long comes less often."""

import pytest

from gooddata.intelligence import jobs


class Ended(Exception):
    pass


@pytest.mark.parametrize(("takes", "waits"), [(0.0, 60.0), (10.0, 60.0), (30.0, 150.0)])
async def test_a_job_takes_a_fifth_of_the_time_at_most(monkeypatch, takes, waits):
    now = [1_000.0]

    async def do_once(dsn, job, numbers):
        now[0] += takes

    async def sleep(seconds):
        assert seconds == pytest.approx(waits)
        raise Ended

    monkeypatch.setattr(jobs, "do_once", do_once)
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(jobs.asyncio, "sleep", sleep)
    with pytest.raises(Ended):
        await jobs._keep("", jobs.Job("it", 60.0, None), None)
