"""Who may change a project, and see what was refused, erased and noted: its owner."""

import msgspec

from gooddata.serving.access import Opens, Role, demand


class Owner(msgspec.Struct, frozen=True):
    """`name` is what raw.audit gets to know of who asked: the account's id, since raw holds no names of staff."""

    name: str


def owner_of(opens: Opens) -> Owner:
    """The owner who asks. Raises Forbidden for everybody else: a read key is for reading what was counted."""
    return Owner(f"dashboard {demand(opens, Role.OWNER).account}")


async def provide_owner(opens: Opens) -> Owner:
    return owner_of(opens)
