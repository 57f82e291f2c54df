"""Whether a site sends events: the check that turns green."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import get

from gooddata.persistence.operator import asked_by, audit, operating
from gooddata.persistence.raw_events import Wanted, log_heads, newest_events
from gooddata.serving.owner.means import Means
from gooddata.serving.owner.owner import Owner
from gooddata.serving.period import Period
from gooddata.serving.store import Store

LOOK_BACK = timedelta(days=1)
LOOK_SECONDS = 3.0


@get("/install")
async def install(owner: Owner, project_id: str, store: Store, means: Means, details: bool = False) -> dict[str, Any]:
    """Whether the first event has arrived: `state` is waiting, refused (something arrives, and nothing is stored) or
    arrived, and then the newest session. With `details`, also from which page and by which library the newest event of
    the last day came: that is read from raw, and written down."""
    ledger = await store.ledger(project_id)
    stored = ledger["stored"] > 0
    now = datetime.now(UTC)
    ever = Period(now - timedelta(days=3_650), now + LOOK_BACK)
    sessions = (await store.sessions(project_id, ever, 1))["sessions"] if stored else []
    newest = sessions[0] if sessions else None
    return {
        "state": "arrived" if stored else "refused" if ledger["received"] else "waiting",
        "ledger": ledger,
        "session": newest and {name: newest[name] for name in ("last_at", "entry", "page", "browser", "device")},
        "newest": await _newest(owner, project_id, means) if stored and details and means.given else None,
    }


async def _newest(owner: Owner, project: str, means: Means) -> dict[str, Any] | None:
    wanted = Wanted(project=project, since=datetime.now(UTC) - LOOK_BACK)
    with asked_by(owner.name):
        async with operating(means.deeds.raw_dsn) as raw:
            await audit(raw, "read events", project, detail={"for": "install check"})
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    found = await newest_events(raw, wanted, 1, await log_heads(raw))
            except TimeoutError:
                return None
    if not found:
        return None
    page, library = (found[0]["context"].get(name) for name in ("page", "library"))
    return {
        "at": found[0]["received_at"],
        "type": found[0]["type"],
        "name": found[0]["name"],
        "page": page.get("path") if isinstance(page, dict) else None,
        "library": {name: library.get(name) for name in ("name", "version")} if isinstance(library, dict) else None,
    }
