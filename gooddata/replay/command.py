"""`gooddata replay` without its command line: options as text in, report out, progress on standard error."""

import asyncio
import contextlib
import signal

from gooddata.replay.feed import replay
from gooddata.replay.pace import parse_shift, parse_speed
from gooddata.replay.progress import StderrProgress
from gooddata.replay.report import Report
from gooddata.replay.source import Source


def run(
    path: str,
    format: str,
    *,
    url: str,
    key: str,
    speed: str = "max",
    shift: str | None = None,
    batch_size: int = 500,
    lanes: int = 4,
    quiet: bool = False,
) -> Report:
    """Replay a file (`-` is standard input) and return the report; the first Ctrl-C ends it with the report so far.

    Options are written as on the command line. Raises InputError for what cannot be understood or read.
    """
    pace, moved = parse_speed(speed), parse_shift(shift) if shift else 0
    show = None if quiet else StderrProgress()
    with Source(path, format) as source:

        async def main() -> Report:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()

            def interrupt(number: int) -> None:
                stop.set()
                loop.remove_signal_handler(number)

            for number in (signal.SIGINT, signal.SIGTERM):
                # Windows has no signal handlers in its loop: there, Ctrl-C ends the replay without a report.
                with contextlib.suppress(NotImplementedError):
                    loop.add_signal_handler(number, interrupt, number)
            return await replay(
                source, url=url, key=key, speed=pace, shift=moved, batch_size=batch_size, lanes=lanes,
                on_progress=show, stop=stop,
            )  # fmt: skip

        try:
            return asyncio.run(main())
        finally:
            if show:
                show.close()
