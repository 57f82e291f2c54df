"""The same requests through the product's own steps and through the native one, in one process."""

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import msgspec

from bench.load.requests import Input
from bench.native.build import Packing, native_pack
from bench.stages import filled_bodies
from gooddata.errors import GoodDataError
from gooddata.ingestion.arrival import Packed, Packer
from gooddata.ingestion.judge import judge
from gooddata.ingestion.request import open_request
from gooddata.ingestion.settle import DAY, Clock

LATE_DAYS = 30
FLUSH_EVENTS = 2_000
_PROJECT = "bench"


def python_steps(body: bytes, received_at: int, packer: Packer) -> tuple[str | None, bytes | None, Packed] | None:
    """Opened, judged and packed by the product; None where the request is refused, or not of usual events alone."""
    opened = open_request(body, "/v1/batch", None)
    judged = judge(opened, Clock.of(received_at, opened.sent_at, LATE_DAYS))
    if opened.usual is None or judged.events is None or judged.refused:
        return None
    return opened.write_key, opened.context, packer.pack(_PROJECT, judged.events)


def native_steps(body: bytes, received_at: int, packer: Packer) -> tuple[str | None, bytes | None, Packed] | None:
    """The same by packing.c."""
    packing = native_pack()(body, received_at, received_at - LATE_DAYS * DAY)
    return None if packing is None else (packing[0], packing[1], packed(_PROJECT, packing, packer))


def packed(project: str, packing: Packing, packer: Packer) -> Packed:
    """What the flush is given."""
    _, _, json, count, ids, visitors, times = packing
    return Packed(count, ids, None, packer.hashes(project, visitors), times, json)


def require_same(bodies: Sequence[bytes], received_at: int) -> None:
    """Raises GoodDataError unless the native step makes of each body what the product's own steps make, to the byte."""
    packer = Packer()
    for body in bodies:
        ours, native = (steps(body, received_at, packer) for steps in (python_steps, native_steps))
        if native is None or ours is None or msgspec.json.encode(native) != msgspec.json.encode(ours):
            raise GoodDataError(f"the native step and the product's own differ on {body[:2_000]!r}")


def compare(shape: Input, folder: Path, rounds: int, flushes: int = 20) -> dict[str, float]:
    """Microseconds of CPU an event of either way, the medians of so many rounds."""
    batches = filled_bodies(shape, folder)
    spent: dict[str, list[float]] = {"python": [], "native": []}
    ways: dict[str, Callable[[bytes, int, Packer], object]] = {"python": python_steps, "native": native_steps}
    packer = Packer()
    gc.disable()  # as in the server, which collects so rarely that it does not show
    for _ in range(rounds):
        bodies = [next(batches) for _ in range(flushes * max(FLUSH_EVENTS // shape.events, 1))]
        received_at = time.time_ns() // 1_000_000
        require_same(bodies, received_at)
        for name, steps in ways.items():
            started = time.process_time()
            for body in bodies:
                steps(body, received_at, packer)
            spent[name].append((time.process_time() - started) / (len(bodies) * shape.events) * 1e6)
    gc.enable()
    return {name: round(median(took), 3) for name, took in spent.items()}
