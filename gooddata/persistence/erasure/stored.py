"""A stored batch without some of its events: what stays is byte for byte what its senders wrote."""

from collections.abc import Callable, Iterator

import msgspec

from gooddata.event import visitor_mark
from gooddata.persistence.erasure.person import Who, decode_who

_FINGERPRINT_BYTES = 8


class _Group(msgspec.Struct, omit_defaults=True):
    """A group of gooddata/event.py with what senders wrote left as it is."""

    project: str
    received_at: int
    context: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    ids: list[str | None] | None = None
    times: list[int] = []
    events: list[msgspec.Raw] = []


class Rest(msgspec.Struct, frozen=True):
    """What is left of a batch, and how many events were taken out."""

    body: bytes
    fingerprints: bytes
    events: int
    visitors: list[int]
    removed: int


_decode = msgspec.json.Decoder(list[_Group]).decode
_encode = msgspec.json.Encoder().encode


def people_in(body: bytes, project: str) -> Iterator[tuple[Who, int]]:
    """Whose each event of a project is in a batch, and when it happened (epoch milliseconds)."""
    for group in _decode(body):
        if group.project == project:
            for raw, at in zip(group.events, group.times, strict=True):
                yield decode_who(raw), at


def only(body: bytes, project: str, is_theirs: Callable[[Who, int], bool]) -> bytes:
    """The batch of nothing but the events of `project` that are theirs."""
    return without(body, b"", project, lambda who, at: not is_theirs(who, at), others=False).body


def without(
    body: bytes, fingerprints: bytes, project: str, is_erased: Callable[[Who, int], bool], *, others: bool = True
) -> Rest:
    """The batch without the events of `project` that are erased; with `others` off, without those of other projects."""
    kept_groups: list[_Group] = []
    kept_fingerprints: list[bytes] = []
    visitors: set[int] = set()
    place = kept = removed = 0
    for group in _decode(body):
        stays = []
        for index, (raw, at) in enumerate(zip(group.events, group.times, strict=True)):
            who = decode_who(raw)
            if is_erased(who, at) if group.project == project else not others:
                removed += 1
            else:
                stays.append(index)
                visitors.add(visitor_mark(group.project, who.whose))
                start = _FINGERPRINT_BYTES * (place + index)
                kept_fingerprints.append(fingerprints[start : start + _FINGERPRINT_BYTES])
        place += len(group.events)
        kept += len(stays)
        if stays:
            ids = group.ids and [group.ids[index] for index in stays]
            times, events = [group.times[index] for index in stays], [group.events[index] for index in stays]
            kept_groups.append(msgspec.structs.replace(group, ids=ids, times=times, events=events))
    return Rest(_encode(kept_groups), b"".join(kept_fingerprints), kept, sorted(visitors), removed)
