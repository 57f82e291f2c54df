"""Everything that is done to the default installation, and what takes rights or programs that not every machine has."""

from tests.faults import clocks as clocks_here
from tests.faults.disks import may_mount
from tests.faults.harms.clocks import jumps
from tests.faults.harms.connections import (
    answers_are_lost,
    clients_are_rude,
    connections_are_slow,
    connections_break,
    database_is_away,
    out_of_connections,
)
from tests.faults.harms.disks import data_folder_is_full, database_is_full, spool_is_full
from tests.faults.harms.harm import Harm
from tests.faults.harms.locks import deadlocks, lock_waits
from tests.faults.harms.memory import postgres_is_short_of_memory, short_of_memory
from tests.faults.harms.processes import (
    kill_a_backend,
    kill_postgres,
    killed,
    pause_postgres,
    paused,
    restart_postgres_at_once,
    restart_postgres_fast,
)
from tests.faults.harms.spools import bits_flipped, damaged, garbage, truncated

_DISKS: dict[str, Harm] = {
    "no room for the spool": spool_is_full,
    "no room in an ingestion node's data folder": data_folder_is_full,
    "no room for PostgreSQL": database_is_full,
}
_CLOCKS: dict[str, Harm] = {
    "the clock of ingestion jumps": jumps("ingestion"),
    "the clock of PostgreSQL jumps": jumps("postgres"),
    "the clock of the whole machine jumps": jumps("machine", "postgres", "serving", "ingestion"),
}
_OTHERS: dict[str, Harm] = {
    "kill -9 of ingestion": killed("ingestion"),
    "kill -9 of serving": killed("serving"),
    "kill -9 of a worker": killed("worker"),
    "kill -9 of the trainer": killed("trainer"),
    "kill -9 of PostgreSQL": kill_postgres,
    "kill -9 of one of PostgreSQL's processes": kill_a_backend,
    "PostgreSQL restarted, fast": restart_postgres_fast,
    "PostgreSQL restarted, immediate": restart_postgres_at_once,
    "ingestion paused": paused("ingestion"),
    "serving paused": paused("serving"),
    "a worker paused for longer than its lease": paused("worker"),
    "the trainer paused": paused("trainer"),
    "PostgreSQL paused": pause_postgres,
    "PostgreSQL out of reach": database_is_away,
    "slow connections to PostgreSQL": connections_are_slow,
    "connections to PostgreSQL break": connections_break,
    "PostgreSQL's answers are lost": answers_are_lost,
    "clients send half a body, or go before the answer": clients_are_rude,
    "no connection to PostgreSQL left": out_of_connections,
    "deadlocks with ingestion": deadlocks(
        "raw", "LOCK raw.ledger IN EXCLUSIVE MODE", "SELECT FROM raw.partition FOR UPDATE"
    ),
    "deadlocks with workers": deadlocks(
        "analytics",
        "LOCK analytics.event, analytics.rollup_minute IN EXCLUSIVE MODE",
        "SELECT FROM analytics.cursor FOR UPDATE",
    ),
    "the event log locked": lock_waits("raw", "LOCK raw.ledger IN ACCESS EXCLUSIVE MODE"),
    "workers' tables locked": lock_waits("analytics", "LOCK analytics.session IN ACCESS EXCLUSIVE MODE"),
    "ingestion short of memory": short_of_memory("ingestion"),
    "serving short of memory": short_of_memory("serving"),
    "a worker short of memory": short_of_memory("worker"),
    "PostgreSQL short of memory": postgres_is_short_of_memory,
    "a spool file cut short": damaged(truncated),
    "bits of a spool file flipped": damaged(bits_flipped),
    "garbage in a spool file": damaged(garbage),
}

HARMS: dict[str, Harm] = {**_OTHERS, **_DISKS, **_CLOCKS}


def skipped() -> dict[str, str]:
    """What cannot be done here, and why."""
    found = {} if may_mount() else dict.fromkeys(_DISKS, "making a disk takes root")
    if clocks_here.library() is None:
        found |= dict.fromkeys(_CLOCKS, "libfaketime is not installed")
    return found


def possible() -> dict[str, Harm]:
    left_out = skipped()
    return {name: harm for name, harm in HARMS.items() if name not in left_out}
