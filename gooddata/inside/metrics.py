"""A process's metrics as Prometheus reads them; with those of its neighbours on this machine, where it knows them."""

import asyncio
import inspect
import logging
import platform
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec
from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from gooddata import __version__
from gooddata.inside.catalogue import BY_NAME, COUNTER, GAUGE
from gooddata.inside.numbers import Histogram, Sample, Source

CONTENT_TYPE = CONTENT_TYPE_LATEST
SOURCE_SECONDS = 3.0
NEIGHBOUR_SECONDS = 5.0
MOST_BYTES = 4 * 1_048_576  # of what a neighbour tells

logger = logging.getLogger(__name__)


class Metrics:
    """Of one process, by the name of its command. `neighbours` are folders of the sockets of others on this machine."""

    def __init__(self, process: str, neighbours: Iterable[Path] = ()) -> None:
        self.process = process
        self._neighbours = [*neighbours]
        self._sources: dict[str, Source] = {"process": self._own}
        self._system = ProcessCollector(registry=None)
        self._telling: asyncio.Task[bytes] | None = None

    def add(self, name: str, source: Source, *, every: float = 0.0) -> None:
        """What a part of the process has to tell; what it told is good for `every` seconds, however many ask."""
        self._sources[name] = Remembered(source, every) if every else source

    def add_neighbours(self, folder: Path) -> None:
        self._neighbours.append(folder)

    async def text(self) -> bytes:
        """In Prometheus's text format. Those who ask at the same time share one answer."""
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())
            self._telling.add_done_callback(self._done)
        return await asyncio.shield(self._telling)

    def _done(self, _: object) -> None:
        self._telling = None

    async def _tell(self) -> bytes:
        own, *others = await asyncio.gather(self._own_families(), *map(_of_neighbour, self._sockets()))
        families = {family.name: family for family in own}
        for found in others:
            for family in found:
                known = families.setdefault(family.name, family)
                if known is not family:
                    known.samples.extend(family.samples)
        return generate_latest(_Collected(list(families.values())))

    def _sockets(self) -> list[Path]:
        return [
            path for folder in self._neighbours if folder.is_dir()
            for path in sorted(folder.iterdir()) if stat.S_ISSOCK(path.stat().st_mode)
        ]  # fmt: skip

    async def _own_families(self) -> list[Metric]:
        told = await asyncio.gather(*(self._ask(name, source) for name, source in self._sources.items()))
        families = {}
        for samples in told:
            for sample in samples:
                if sample.name not in families:
                    families[sample.name] = _family(sample.name)
                _put(families[sample.name], (self.process, *sample.labels), sample.value)
        for family in self._system.collect():
            known = BY_NAME.get(family.name) or BY_NAME.get(f"{family.name}_total")
            if known is not None:
                family.documentation = known.meaning
                own = {"process": self.process}
                family.samples = [each._replace(labels={**own, **each.labels}) for each in family.samples]
                families[family.name] = family
        return list(families.values())

    async def _ask(self, name: str, source: Source) -> Iterable[Sample]:
        try:
            async with asyncio.timeout(SOURCE_SECONDS):
                told = source()
                return [*(await told if inspect.isawaitable(told) else told)]
        except Exception as failure:
            # Whatever is wrong with one part, the others are told: that is what metrics are for.
            logger.warning("no metrics of %s (%s: %s)", name, type(failure).__name__, failure)
            return [Sample("gooddata_metrics_missing", 1, (name,))]

    def _own(self) -> list[Sample]:
        return [
            Sample("gooddata_info", 1, (__version__, platform.python_version())),
            Sample("gooddata_process_answers", 1),
        ]


class Remembered:
    """A source that asks others for what it tells, such as the databases."""

    def __init__(self, source: Source, seconds: float) -> None:
        self._source = source
        self._seconds = seconds
        self._told: tuple[float, list[Sample]] | None = None

    async def __call__(self) -> Iterable[Sample]:
        clock = asyncio.get_running_loop().time
        if self._told is None or clock() - self._told[0] > self._seconds:
            told = self._source()
            self._told = clock(), [*(await told if inspect.isawaitable(told) else told)]
        return self._told[1]


class _Collected(msgspec.Struct):
    """What prometheus_client takes for a registry."""

    families: list[Metric]

    def collect(self) -> list[Metric]:
        return self.families


def _family(name: str) -> Metric:
    metric = BY_NAME[name]
    labels = ("process", *metric.labels)
    if metric.kind == COUNTER:
        return CounterMetricFamily(name.removesuffix("_total"), metric.meaning, labels=labels)
    if metric.kind == GAUGE:
        return GaugeMetricFamily(name, metric.meaning, labels=labels)
    return HistogramMetricFamily(name, metric.meaning, labels=labels)


def _put(family: Metric, labels: tuple[str, ...], value: float | Histogram) -> None:
    if isinstance(value, Histogram):
        assert isinstance(family, HistogramMetricFamily)
        family.add_metric(labels, value.buckets(), value.sum)
    else:
        family.add_metric(labels, value)  # type: ignore[attr-defined]


async def _of_neighbour(socket: Path) -> list[Metric]:
    """What the process at a socket tells; where nobody answers there, that."""
    try:
        async with asyncio.timeout(NEIGHBOUR_SECONDS):
            families = [*text_string_to_metric_families(await _fetched(socket))]
        for family in families:
            # Two of a kind would tell the same series: they are told apart by their sockets.
            family.samples = [each._replace(labels={**each.labels, "process": socket.name}) for each in family.samples]
        return families
    except (OSError, TimeoutError, ValueError):
        family = _family("gooddata_process_answers")
        _put(family, (socket.name,), 0)
        return [family]


async def _fetched(socket: Path) -> str:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        answer = await reader.read(MOST_BYTES)
        while more := await reader.read(MOST_BYTES):
            answer += more
            if len(answer) > MOST_BYTES:
                raise ValueError("a neighbour tells too much")
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
        raise ValueError("a neighbour does not tell its metrics")
    return body.decode()
