"""Rejected events, sent again after a fix: through the HTTP API, under their own ids, in the order of their arrival."""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from gooddata.client import MAX_BODY_BYTES, Client
from gooddata.persistence.rejections import KeptRejection, mark_refused, mark_replayed, open_rejections

_PAGE = 500
_ROOM_FOR_EVENTS = MAX_BODY_BYTES - 4_096

_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ReplayedRejections(msgspec.Struct):
    """What a replay came to, in events: `offered` is the sum of all others; `rejected` counts by the new reason.

    `cut` events are kept in part only, or never were JSON: they cannot be sent.
    """

    offered: int = 0
    accepted: int = 0
    duplicate: int = 0
    spooled: int = 0
    dropped: int = 0
    rejected: Counter[str] = msgspec.field(default_factory=Counter)
    cut: int = 0

    def __str__(self) -> str:
        counts = {name: getattr(self, name) for name in ("offered", "accepted", "duplicate", "spooled", "dropped")}
        lines = [f"{name:<12}{count:>12,}" for name, count in counts.items()]
        lines.append(f"{'rejected':<12}{self.rejected.total():>12,}")
        lines += [f"{'':<24}  {count:,} {reason}" for reason, count in self.rejected.most_common()]
        lines.append(f"{'cut':<12}{self.cut:>12,}" + ("  kept in part, or no JSON: cannot be sent" if self.cut else ""))
        return "\n".join(lines)


async def replay_rejected(
    connection: Any,
    client: Client,
    report: ReplayedRejections,
    project: str,
    reason: str | None = None,
    since: datetime | None = None,
    on_progress: Callable[[ReplayedRejections], None] | None = None,
) -> None:
    """Sends what is still refused of a project again, with its import key, and counts in `report` what was answered.

    What is taken in now is marked, and not offered again; the rest keeps its new reason. Raises ApiError when the API
    refuses a request as a whole, or cannot be reached; what was answered before that is marked and counted.
    """
    after = 0
    while page := await open_rejections(connection, project, reason, since, after, _PAGE):
        after = page[-1].id
        report.offered += len(page)
        sendable: list[tuple[KeptRejection, bytes]] = []
        for kept in page:
            if kept.is_whole():
                sendable.append((kept, prepared(kept)))
            else:
                report.cut += 1
        for request in _requests(sendable):
            await _send(connection, client, report, request)
        if on_progress:
            on_progress(report)


def prepared(kept: KeptRejection) -> bytes:
    """The event as it is sent again: with the context that its request shared and, where it has no timestamp, the time
    at which it came in first."""
    try:
        event = _decode_parts(kept.body)
    except msgspec.ValidationError:
        return kept.body  # no object: it will be refused again
    if bytes(event.get("timestamp", b"null")) == b"null":
        event["timestamp"] = msgspec.Raw(b"%d" % int(kept.received_at.timestamp() * 1_000))
    if kept.context:
        # It may have been cut, and the event's own may be no object: then the event goes as it came.
        with contextlib.suppress(msgspec.DecodeError):
            event["context"] = msgspec.Raw(msgspec.json.encode(_merged(kept.context, event.get("context"))))
    return msgspec.json.encode(event)


def _merged(shared: bytes, own: msgspec.Raw | None) -> dict[str, msgspec.Raw]:
    context = _decode_parts(shared)
    if own is not None and bytes(own) != b"null":
        context |= _decode_parts(own)
    return context


Request = Sequence[tuple[KeptRejection, bytes]]


def _requests(sendable: Request) -> list[list[tuple[KeptRejection, bytes]]]:
    """In parts that one request can carry."""
    requests: list[list[tuple[KeptRejection, bytes]]] = []
    room = 0
    for kept, event in sendable:
        if not requests or len(event) >= room:
            requests.append([])
            room = _ROOM_FOR_EVENTS
        requests[-1].append((kept, event))
        room -= len(event) + 1
    return requests


async def _send(connection: Any, client: Client, report: ReplayedRejections, request: Request) -> None:
    receipt = await client.send_encoded([event for _, event in request], imported=True, replayed=True)
    refused = {rejection.index: rejection for rejection in receipt.rejected}
    report.accepted += receipt.accepted
    report.duplicate += receipt.duplicate
    report.spooled += receipt.spooled
    report.dropped += receipt.dropped
    report.rejected.update(rejection.reason for rejection in receipt.rejected)
    async with connection.transaction():
        await mark_replayed(connection, [kept.id for index, (kept, _) in enumerate(request) if index not in refused])
        await mark_refused(connection, [(request[i][0].id, r.reason, r.field) for i, r in refused.items()])
