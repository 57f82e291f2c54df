"""How work that nobody waits for makes way for work that somebody waits for."""

import os
from concurrent.futures import ThreadPoolExecutor

NICENESS = 10
_THREADS = 4  # as many jobs as may be worked out at the same time; they share one interpreter


def make_way() -> None:
    """Lowers the priority of this process."""
    os.nice(NICENESS)


def only_when_idle() -> None:
    """Has this thread, and those that it starts, run on a core that nothing else wants, where the kernel can (Linux).

    A low priority alone is not enough: who wakes up on a core on which such work runs may have to wait for
    milliseconds, and an acknowledgement wakes half a dozen times.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def idle_threads() -> ThreadPoolExecutor:
    """Threads for what is worked out beside the event loop, which goes on at the process's own priority: it holds
    transactions, for which others may wait."""
    return ThreadPoolExecutor(_THREADS, "gooddata-idle", initializer=only_when_idle)
