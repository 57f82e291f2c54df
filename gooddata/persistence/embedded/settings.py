"""PostgreSQL's settings, where they differ from its defaults."""

# Written to postgresql.conf when a cluster is made. Whoever runs the machine may change them there, or by ALTER SYSTEM.
INITIAL = {
    "shared_buffers": "128MB",  # holds the recent batches, sessions and rollups of one machine
    "work_mem": "16MB",  # sorts and hashes of the dashboard's queries stay in memory
    "maintenance_work_mem": "128MB",  # building an index during a migration
    "max_connections": "100",  # pools of ingestion, workers and serving need about 40
    "max_wal_size": "2GB",  # fewer checkpoints under full ingest; also the bound of what a recovery reads
    "wal_compression": "pglz",  # page images after a checkpoint shrink to a half; lz4 is not in the wheel
    "random_page_cost": "1.1",  # SSD
    "jit": "off",  # queries take milliseconds; the wheel has no LLVM anyway
    "timezone": "UTC",  # days and hours are cut in UTC, whatever the machine's clock shows
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",  # with user and database
    "log_error_verbosity": "terse",  # DETAIL and CONTEXT would show rows, so people's data, in the log
    "log_parameter_max_length": "0",  # and so would the parameters of slow statements
}


def at_every_start(port: int, cluster_name: str) -> dict[str, str]:
    """Settings that the supervisor relies on: given on the command line, they cannot be changed elsewhere."""
    return {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",  # a socket's path is limited to 107 bytes, and its folder needs the right mode
        "fsync": "on",  # an acknowledged event is on disk
        "full_page_writes": "on",  # and is readable after a power cut
        "logging_collector": "off",  # we hold the log file, and bound it
        "log_destination": "stderr",
        "cluster_name": cluster_name,  # shown in the title of every process, by which we know our own again
    }


def as_options(flag: str, settings: dict[str, str]) -> list[str]:
    """`["-c", "jit=off", ...]` for the command line."""
    return [word for name, value in settings.items() for word in (flag, f"{name}={value}")]
