"""How many different visitors there are, of each of some groups."""

from collections.abc import Sequence

import numpy as np

from gooddata.blocks.block import Array
from gooddata.serving.columns.day import EXACT_UP_TO, SAMPLE


def takes_sample(visits: Array) -> Array:
    """Of groups of so many visits, whether it is enough to give `different` the sampled visits of each."""
    return visits > EXACT_UP_TO * SAMPLE


def different(visitors: Sequence[Array], groups: Sequence[Array | int], visits: Array) -> Array:
    """(count,) How many different `visitors`, each the first eight bytes of a keyed hash, are in each of the `groups`,
    numbers below `count`, or one for a whole array; in as many arrays as one likes. `visits` (count,) says how many
    there are in each, of whom those of groups that `takes_sample` may be the sampled ones alone."""
    count = len(visits)
    share = np.minimum(1.0, EXACT_UP_TO / np.maximum(visits, 1))
    highest = np.where(share < 1, share * 2.0**64, 0).astype("u8") - np.uint64(1)
    # Some 40 of the 64 bits are enough to tell visitors of a group apart.
    bits = np.uint64(max(count - 1, 1).bit_length())
    parts = [np.zeros(0, "u8")]
    for heads, own in zip(visitors, groups, strict=True):
        if (share < 1).any():
            some = heads <= highest[own]
            heads, own = heads[some], own if isinstance(own, int) else own[some]
        parts.append((heads >> bits << bits) | np.asarray(own, "u8"))
    # Parts may be sorted already.
    keys = np.sort(np.concatenate(parts), kind="stable")
    is_new = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
    found = np.bincount((keys[is_new] & ((np.uint64(1) << bits) - np.uint64(1))).astype("i8"), minlength=count)
    return np.rint(found / share).astype("i8")
