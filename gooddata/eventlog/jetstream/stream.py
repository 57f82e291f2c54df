"""A stream of a NATS server: conditional publishing, and reading by sequence number."""

import asyncio
import base64
import json
import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Self

from nats.aio.msg import Msg

from gooddata.errors import ConfigurationError, HeadMoved, LogReplaced, LogUnavailable
from gooddata.eventlog.jetstream.address import Address
from gooddata.eventlog.jetstream.connection import PATIENCE_SECONDS, UNAVAILABLE, Connection, connected, reason_of
from gooddata.eventlog.jetstream.message import EXPECTED, NOWHERE, PIECES, Message

OPEN_SECONDS = 20.0  # that a cluster may take to choose a leader, before who starts gives up
FOREVER = 3_600.0  # of patience of the client's, whose waits do not end when a connection does
READ_BYTES = 8 * 1_048_576  # of messages that one request brings, and one message more
HEADER_BYTES = 1_024  # that are left of a server's payload limit for headers

REPLICAS = 3
SETS = 4  # of messages that are stored at once, under way at a time: a server takes 50 of a stream

_AGAIN_SECONDS = 0.2
_TIME, _PENDING = "Nats-Time-Stamp", "Nats-Num-Pending"
_EPOCH, _PARTITIONS = "gooddata_epoch", "gooddata_partitions"
_MOVED_ON = (10071, 10164)  # a subject does not stand where it was expected to
_NO_STREAM, _NO_MESSAGE, _GONE = 10059, 10037, 10043

logger = logging.getLogger(__name__)


class _Refused(Exception):
    """The server's answer is an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("description", "an error"))
        self.code = error.get("err_code")


class Stream:
    """Open with `await Stream.open(address)`; every method raises LogUnavailable while the servers do not answer.

    `epoch` numbers the streams that have held the log, one after another; `partitions` is how many it has.
    """

    def __init__(self, client: Connection, address: Address) -> None:
        self.name = address.stream
        self.epoch = self.partitions = 0
        self._client = client
        self._servers = len(address.servers)
        self._config: dict[str, Any] = {}
        self._waits: set[asyncio.Timeout] = set()
        client.on_loss = self._end_waits
        self._sets = asyncio.Semaphore(SETS)

    @classmethod
    async def open(cls, address: Address) -> Self:
        """Raises ConfigurationError when no server answers, it is too old, or holds no such stream."""
        stream = await cls.connect(address)
        try:
            info = await stream._first_info()
            metadata = info["config"].get("metadata", {}) if info else {}
            if _EPOCH not in metadata:
                raise ConfigurationError(
                    f"the NATS servers hold no event log called {address.stream}; run: gooddata migrate"
                )
            stream.epoch, stream.partitions = int(metadata[_EPOCH]), int(metadata[_PARTITIONS])
        except BaseException:
            await stream.close()
            raise
        return stream

    @classmethod
    async def connect(cls, address: Address) -> Self:
        """A connection alone, for `make`."""
        return cls(await connected(address), address)

    async def close(self) -> None:
        with suppress(*UNAVAILABLE):
            await self._client.close()

    async def make(self, epoch: int, partitions: int) -> None:
        """Makes the stream, on three servers where the address names as many; one that was left half made is made anew.
        Nobody opens it before it is finished."""
        self._config = {
            "name": self.name,
            "subjects": [self.subject("batch", "*"), self.subject("writer", "*"), self.subject("tombstone")],
            "storage": "file",
            "num_replicas": REPLICAS if self._servers >= REPLICAS else 1,
            "discard": "new",
            "allow_direct": True,
            "allow_atomic": True,
        }
        self.epoch, self.partitions = epoch, partitions
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        while True:
            try:
                with suppress(_Refused):
                    await self._api("STREAM.DELETE", None)
                await self._api("STREAM.CREATE", self._config)
                return
            except (_Refused, LogUnavailable) as refusal:
                # A cluster that has just started may not have met yet.
                if asyncio.get_running_loop().time() > until:
                    raise ConfigurationError(f"the NATS servers make no stream for the event log: {refusal}") from None
            await asyncio.sleep(_AGAIN_SECONDS)

    async def finish(self) -> None:
        """The stream is one that can be opened from then on."""
        metadata = {_EPOCH: str(self.epoch), _PARTITIONS: str(self.partitions)}
        await self._ask("STREAM.UPDATE", self._config | {"metadata": metadata})

    async def is_made(self) -> bool:
        """Whether there is one that is finished. Raises ConfigurationError where a stream of that name is another's."""
        info = await self._first_info()
        if info is None:
            return False
        config = info["config"]
        if self.subject("batch", "*") not in config["subjects"]:
            raise ConfigurationError(f"the stream {self.name} on the NATS servers is no event log of GoodData")
        return _EPOCH in config.get("metadata", {})

    async def _first_info(self) -> dict[str, Any] | None:
        """Waits for a cluster that is just choosing a leader."""
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        while True:
            try:
                return await self._info_if_there()
            except LogUnavailable:
                if asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _info_if_there(self) -> dict[str, Any] | None:
        try:
            return await self._api("STREAM.INFO", None)
        except _Refused as refusal:
            if refusal.code == _NO_STREAM:
                return None
            raise LogUnavailable(f"the event log does not answer: {refusal}") from None

    async def require_same(self) -> None:
        """Raises LogReplaced when the stream is another one than when it was opened."""
        await self.last_seq()

    def subject(self, *parts: str) -> str:
        return ".".join([self.name, *parts])

    async def last_seq(self) -> int:
        """Of the newest message; 0 where there is none yet. Raises LogReplaced."""
        info = await self._info_if_there()
        if info is None or self.epoch != int(info["config"].get("metadata", {}).get(_EPOCH, self.epoch)):
            raise LogReplaced("the event log's stream was made anew; start again")
        return int(info["state"]["last_seq"])

    async def subjects(self, pattern: str) -> list[str]:
        """Those that hold messages."""
        state = (await self._ask("STREAM.INFO", {"subjects_filter": pattern}))["state"]
        return sorted(state.get("subjects") or {})

    @property
    def most_bytes(self) -> int:
        """That a message may have."""
        return self._client.max_payload - HEADER_BYTES

    async def publish(self, messages: Sequence[Message]) -> int:
        """Stores all of these messages, one right after another, or none; the sequence number of the last. It is on the
        disks of a majority of servers then, as far as they sync always. Raises HeadMoved when a subject does not stand
        where it was expected."""
        if len(messages) == 1:
            return await self._publish(messages)
        async with self._sets:
            return await self._publish(messages)

    async def _publish(self, messages: Sequence[Message]) -> int:
        batch = uuid.uuid4().hex
        try:
            self._require_connected()
            async with self._patience() as wait:
                for place, message in enumerate(messages, 1):
                    headers = {} if message.expected == NOWHERE else {EXPECTED: str(message.expected)}
                    if message.pieces:
                        headers[PIECES] = str(message.pieces)
                    if len(messages) > 1:
                        headers |= {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(place)}
                    if place < len(messages):
                        await self._client.publish(message.subject, message.data, headers=headers)
                        # The client waits for a server that takes nothing, and does not let itself be cancelled.
                        self._require_connected()
                        if wait.expired():
                            raise TimeoutError
                        continue
                    if len(messages) > 1:
                        headers["Nats-Batch-Commit"] = "1"
                    answer = await self._client.request(message.subject, message.data, FOREVER, headers=headers)
            return int(_checked(answer)["seq"])
        except _Refused as refusal:
            if refusal.code in _MOVED_ON:
                raise HeadMoved("another writer has appended to a partition meanwhile") from None
            raise LogUnavailable(f"the event log cannot be written: {refusal}") from None
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be written: {reason_of(failure)}") from failure

    async def notify(self) -> None:
        """Tells who waits that something was appended; who misses it looks by itself before long."""
        try:
            await self._client.publish(self.subject("appended"))
        except UNAVAILABLE:
            logger.debug("nobody was told of an append")

    async def listen(self, heard: Any) -> None:
        """Calls `heard` at every notice from then on, through the servers' restarts."""

        async def hear(_: Msg) -> None:
            heard()

        try:
            await self._client.subscribe(self.subject("appended"), cb=hear)
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {reason_of(failure)}") from failure

    async def get(self, **request: Any) -> list[Message]:
        """Messages in the order of the stream, from any server that holds it: perhaps not the newest ones."""
        return (await self._get(**request))[0]

    async def waiting(self, subject: str, after: int) -> tuple[int, datetime | None]:
        """How many messages of a subject follow a sequence number, and since when the oldest of them is stored."""
        first, more = await self._get(seq=after + 1, next_by_subj=subject, batch=1)
        return (1 + more, first[0].stored_at) if first else (0, None)

    async def _get(self, **request: Any) -> tuple[list[Message], int]:
        """As `get`; and how many messages would have followed."""
        inbox = self._client.new_inbox()
        found: list[Message] = []
        try:
            self._require_connected()
            subscription = await self._client.subscribe(inbox)
            try:
                wanted = json.dumps({"max_bytes": READ_BYTES, **request}).encode()
                await self._client.publish(f"$JS.API.DIRECT.GET.{self.name}", wanted, reply=inbox)
                while True:
                    async with self._patience():
                        message = await subscription.next_msg(FOREVER)
                    headers = message.headers or {}
                    if (status := headers.get("Status")) in ("204", "404"):
                        return found, int(headers.get(_PENDING, 0))
                    if status is not None:
                        raise LogUnavailable(f"the event log cannot be read: the server answers {status}")
                    found.append(
                        _message(headers["Nats-Subject"], int(headers["Nats-Sequence"]), headers, message.data)
                    )
            finally:
                await subscription.unsubscribe()
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log cannot be read: {reason_of(failure)}") from failure

    async def following(self, after: int, most: int) -> list[Message]:
        """The messages of all subjects that follow a sequence number, none skipped. Raises LogUnavailable when a server
        that lags behind the others has left something out: what it does not have, the leader must not have either."""
        subject = self.subject(">")
        messages = await self.get(seq=after + 1, next_by_subj=subject, batch=most)
        for message in messages:
            if message.seq != after + 1:
                first = await self.of_leader(seq=after + 1, next_by_subj=subject)
                if first is None or first.seq != message.seq:
                    raise LogUnavailable("the event log cannot be read: a server is behind the others")
            after = message.seq
        return messages

    async def of_leader(self, **request: Any) -> Message | None:
        """One message as the leader has it: by `last_by_subj`, or the first from `seq` on by `next_by_subj`."""
        try:
            answer = await self._api("STREAM.MSG.GET", request)
        except _Refused as refusal:
            if refusal.code == _NO_MESSAGE:
                return None
            raise LogUnavailable(f"the event log cannot be read: {refusal}") from None
        stored = answer["message"]
        lines = base64.b64decode(stored.get("hdrs", "")).decode().splitlines()
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        headers[_TIME] = stored["time"]
        return _message(stored["subject"], stored["seq"], headers, base64.b64decode(stored.get("data", "")))

    async def purge(self, subject: str, before: int) -> int:
        """Removes what a subject holds before a sequence number; how many messages."""
        answer = await self._ask("STREAM.PURGE", {"filter": subject, "seq": before})
        return int(answer["purged"])

    async def overwrite(self, seq: int) -> None:
        """Removes a message, its place on the disk overwritten; one that is gone already stays so."""
        try:
            await self._api("STREAM.MSG.DELETE", {"seq": seq})
        except _Refused as refusal:
            if refusal.code not in (_NO_MESSAGE, _GONE):
                raise LogUnavailable(f"a message of the event log cannot be removed: {refusal}") from None

    async def _ask(self, what: str, request: Any) -> dict[str, Any]:
        try:
            return await self._api(what, request)
        except _Refused as refusal:
            raise LogUnavailable(f"the event log does not answer: {refusal}") from None

    async def _api(self, what: str, request: Any) -> dict[str, Any]:
        body = b"" if request is None else json.dumps(request).encode()
        try:
            self._require_connected()
            async with self._patience():
                answer = await self._client.request(f"$JS.API.{what}.{self.name}", body, FOREVER)
        except UNAVAILABLE as failure:
            raise LogUnavailable(f"the event log does not answer: {reason_of(failure)}") from failure
        return _checked(answer)

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[asyncio.Timeout]:
        """Raises TimeoutError when no answer has come for long, and once none can come, as the connection is lost.

        A server that does not answer may be cut off from the others, which may well go on: another is asked next."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS) as wait:
                self._waits.add(wait)
                try:
                    yield wait
                finally:
                    self._waits.discard(wait)
        except TimeoutError:
            await self._client.force_reconnect()
            raise

    def _end_waits(self) -> None:
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(asyncio.get_running_loop().time())

    def _require_connected(self) -> None:
        """What is published while no server is connected would be sent later, when nobody expects it any more."""
        if not self._client.is_connected:
            raise LogUnavailable("the event log is away: no NATS server is connected")


def _checked(answer: Msg) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answer.data)
    if "error" in content:
        raise _Refused(content["error"])
    return content


def _message(subject: str, seq: int, headers: dict[str, str], data: bytes) -> Message:
    expected, pieces = int(headers.get(EXPECTED, NOWHERE)), int(headers.get(PIECES, 0))
    return Message(subject, data, expected, pieces, seq, datetime.fromisoformat(headers[_TIME]))
