"""Parts arrivals by the partitions of the log that their events go to."""

from collections.abc import Sequence

from gooddata.ingestion.arrival import Arrival


def apart(arrivals: Sequence[Arrival], partitions: int) -> list[list[int]]:
    """The places of `arrivals` in groups, each in order, of which no two have a partition in common; what has no events
    goes with the first group."""
    group_of: dict[int, list[int]] = {}  # by partition
    without: list[int] = []
    for place, arrival in enumerate(arrivals):
        if arrival.events is None:
            without.append(place)
            continue
        touched = {visitor % partitions for visitor in arrival.events.visitors}
        joined = list({id(group): group for partition in touched if (group := group_of.get(partition))}.values())
        group = joined[0] if joined else []
        for other in joined[1:]:
            group += other
            touched |= {partition for partition, own in group_of.items() if own is other}
        group.append(place)
        group_of |= dict.fromkeys(touched, group)
    groups = [sorted(group) for group in {id(group): group for group in group_of.values()}.values()]
    if without and groups:
        groups[0] = sorted(groups[0] + without)
    elif without:
        groups = [without]
    return groups
