"""Asks everything there is to ask."""

import asyncio
import platform
from collections.abc import AsyncIterator

from gooddata import __version__
from gooddata.config import Settings
from gooddata.doctor.configuration import configuration
from gooddata.doctor.databases import database
from gooddata.doctor.finding import Finding, fail, ok, warn
from gooddata.doctor.installation import installation
from gooddata.doctor.machine import machine
from gooddata.doctor.stream import stream

_NONE_NAMED = (
    "start everything on this machine with: gooddata up; or set GOODDATA_RAW_DSN and GOODDATA_ANALYTICS_DSN, or name "
    "the settings file with GOODDATA_SETTINGS"
)


async def examine(settings: Settings) -> list[Finding]:
    """What was found, in the order in which one thing stands on another."""
    found = [ok("version", f"GoodData {__version__} on Python {platform.python_version()}, {platform.platform()}")]
    found += configuration(settings)
    found += await asyncio.to_thread(lambda: [*machine(settings)])
    raw, analytics = settings.raw_dsn, settings.analytics_dsn
    if raw is None or analytics is None:
        found.append(warn("databases", "none is named, and none runs on this data folder", _NONE_NAMED))
    elif raw == analytics:
        action = "name two databases: what people sent is to be kept apart from what is counted"
        found.append(fail("databases", "raw and analytics are the same database", action))
    else:
        both = await asyncio.gather(_all(database("raw", raw)), _all(database("analytics", analytics)))
        found += [each for some in both for each in some]
        if all(some[0].state != "fail" and some[1].state != "fail" for some in both):
            found += await _all(installation(raw, analytics, settings.log))
    return found + await _all(stream(settings, raw))


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [each async for each in findings]
