"""Events as the tests send them."""

import uuid
from typing import Any


def event(**fields: Any) -> dict[str, Any]:
    """An event of a new visitor, with `fields` in place of its own."""
    return {"id": str(uuid.uuid4()), "type": "track", "name": "Buy", "visitor": str(uuid.uuid4())} | fields
