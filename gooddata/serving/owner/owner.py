"""Who may change a project, and see what was refused, erased and noted: its owner."""

import msgspec

from gooddata.serving.access import Opens
from gooddata.serving.owner.means import Forbidden


class Owner(msgspec.Struct, frozen=True):
    """`name` is what raw.audit gets to know of who asked."""

    name: str


def owner_of(opens: Opens) -> Owner:
    """The owner who asks. Raises Forbidden for everybody else: a read key is for reading what was counted."""
    if opens.project is not None:
        raise Forbidden("this is for owners who are signed in to the dashboard; a read key does not open it")
    return Owner("dashboard")


async def provide_owner(opens: Opens) -> Owner:
    return owner_of(opens)
