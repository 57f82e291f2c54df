"""Raw events as a Parquet file, a row group at a time: memory holds one group, whatever the file becomes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, BinaryIO

import msgspec

from gooddata.errors import ConfigurationError

GROUP_EVENTS = 20_000  # some tens of megabytes

_JSON = ("properties", "context")


async def write_parquet(rows: AsyncIterator[Mapping[str, Any]], file: BinaryIO) -> int:
    """Writes rows with the columns of raw.events, in the view's types (JSON as text), and gives their number.

    Raises ConfigurationError where the package is missing that writes such files.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ConfigurationError(
            "Parquet needs the package pyarrow; install it with: pip install 'gooddata[parquet]'"
        ) from None
    moment = pyarrow.timestamp("ms", tz="UTC")
    texts = ["id", "message_id", "project_id", "type", "name", "visitor", "user", "session"]
    schema = pyarrow.schema(
        [(name, pyarrow.string()) for name in texts]
        + [("timestamp", moment), ("received_at", moment)]
        + [(name, pyarrow.string()) for name in _JSON]
        + [("vector", pyarrow.list_(pyarrow.float32())), ("batch_id", pyarrow.string())]
    )
    count = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        async for group in _groups(rows):
            columns = {name: [_value(name, row[name]) for row in group] for name in schema.names}
            writer.write_table(pyarrow.table(columns, schema=schema))
            count += len(group)
    return count


async def _groups(rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    async for row in rows:
        group.append(row)
        if len(group) == GROUP_EVENTS:
            yield group
            group = []
    if group:
        yield group


def _value(name: str, value: Any) -> Any:
    if name in _JSON:
        return msgspec.json.encode(value).decode()
    return str(value) if name == "id" else value
