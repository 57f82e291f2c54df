"""What parts of processes tell, as Prometheus reads it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gooddata.eventlog.jetstream.archive_numbers import Archived
from gooddata.ingestion.numbers import Committed
from gooddata.inside.catalogue import BY_NAME
from gooddata.inside.metrics import Metrics
from gooddata.inside.numbers import Sample
from gooddata.intelligence.job_numbers import JobNumbers
from gooddata.intelligence.numbers import Worked
from gooddata.persistence.retention.numbers import RetentionNumbers
from gooddata.supervisor import Supervisor


async def told(**sources):
    metrics = Metrics("work")
    for name, source in sources.items():
        metrics.add(name, source)
    return [*text_string_to_metric_families((await metrics.text()).decode())]


def of_trainer():
    numbers = JobNumbers()
    numbers.ran("insights", 0.2, failed=False)
    numbers.ran("insights", 0.1, failed=True)
    numbers.trained(70.0, failed=True)
    return numbers


def of_retention():
    numbers = RetentionNumbers()
    numbers.ended({"raw": {"shop": 3, "other": 4}})
    numbers.runs.add(("busy",))
    return numbers


def of_supervisor():
    supervisor = Supervisor({}, lambda _: None)
    supervisor.restarts["worker"] = 2
    return supervisor


@pytest.mark.parametrize(
    ("numbers", "some"),
    [
        (of_trainer, {"gooddata_job_runs_total": 2, "gooddata_training_seconds_sum": 70}),
        (of_retention, {"gooddata_retention_rows_total": 7, "gooddata_retention_runs_total": 2}),
        (of_supervisor, {"gooddata_process_restarts_total": 2}),
        (Archived, {"gooddata_archive_messages_total": 0}),
        (Committed, {"gooddata_commits_total": 0}),
        (lambda: Worked(5), {"gooddata_worker_visitors_limit": 5}),
    ],
)
async def test_every_sample_has_the_labels_that_the_catalogue_says(numbers, some):
    sums = {}
    for family in await told(part=numbers().samples):
        metric = BY_NAME.get(family.name) or BY_NAME[f"{family.name}_total"]
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == {"process", *metric.labels}, sample
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    assert {name: sums[name] for name in some} == some


async def test_a_part_that_cannot_tell_costs_no_other():
    def broken():
        raise OSError("the database is away")

    families = {
        family.name: family for family in await told(database=broken, part=lambda: [Sample("gooddata_partitions", 4)])
    }
    [missing] = families["gooddata_metrics_missing"].samples
    assert missing.labels["source"] == "database"
    assert families["gooddata_partitions"].samples[0].value == 4


async def test_what_asks_others_is_asked_once_in_a_while():
    asked = []

    async def source():
        asked.append(1)
        return [Sample("gooddata_partitions", len(asked))]

    metrics = Metrics("serve")
    metrics.add("databases", source, every=60)
    first, second = await metrics.text(), await metrics.text()
    assert asked == [1]
    assert (
        b'gooddata_partitions{process="serve"} 1.0' in first and b'gooddata_partitions{process="serve"} 1.0' in second
    )
