"""Eight bytes that stand for an event's identity: (project, visitor, id).

Two different events share a fingerprint with a chance of n / 2^64, n being the identities of the window: at 100 events
a second for a day, once in 2e12 events.
"""

import binascii
import uuid
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gooddata.event import derived_id

FINGERPRINT_BYTES = 8

Fingerprints = npt.NDArray[np.uint64]

# The finalizer of MurmurHash3 (Austin Appleby, public domain): every bit of the input moves every bit of the output.
_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)

_DASHES = (8, 13, 18, 23)


def fingerprints(ids: bytes, visitors: npt.NDArray[np.uint64]) -> Fingerprints:
    """One fingerprint, never zero, for each 16 bytes of `ids`; `visitors` holds `visitor_hash` of each event's."""
    halves = np.frombuffer(ids, "<u8").reshape(-1, 2)
    return np.maximum(_mixed(_mixed(halves[:, 0] ^ visitors) ^ halves[:, 1]), 1)


def _mixed(numbers: Fingerprints) -> Fingerprints:
    numbers = (numbers ^ (numbers >> _SHIFT)) * _FIRST
    numbers = (numbers ^ (numbers >> _SHIFT)) * _SECOND
    return numbers ^ (numbers >> _SHIFT)


def id_bytes(project: str, ids: Sequence[str]) -> tuple[bytes, list[str | None] | None]:
    """16 bytes for each event's id, and the derived ids, None where an id is a UUID itself (or all of them are)."""
    if (uuids := _uuid_bytes(ids)) is not None:
        return uuids, None
    derived: list[str | None] = []
    joined = bytearray()
    for event_id in ids:
        own = _uuid_bytes((event_id,))
        derived.append(None if own else derived_id(project, event_id))
        joined += own or uuid.UUID(derived[-1]).bytes
    return bytes(joined), derived


def _uuid_bytes(ids: Sequence[str]) -> bytes | None:
    """The bytes of ids that are all UUIDs in their usual form; None when one of them is not."""
    count = len(ids)
    if set(map(len, ids)) != {36}:
        return None
    joined = "".join(ids)
    if joined.count("-") != 4 * count or any(joined[place::36].count("-") != count for place in _DASHES):
        return None
    try:
        return binascii.unhexlify(joined.encode().translate(None, b"-"))
    except binascii.Error:
        return None
