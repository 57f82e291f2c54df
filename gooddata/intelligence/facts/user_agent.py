"""Which kind of device and which family of browser a User-Agent header names, and whether it is a person's at all.

Eight families and four kinds are all that analytics keeps, so forty lines do, where a library would bring megabytes of
patterns for versions and models that browsers no longer tell (Chrome's user agent reduction, since 2022).
"""

import re
from functools import lru_cache

import msgspec

from gooddata.automation import automation_rule

# In this order: most browsers also claim to be those that come after them here.
_FAMILIES = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\bOPR/|\bOPiOS/|\bOpera\b")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\bFirefox/|\bFxiOS/")),
    ("Chrome", re.compile(r"\bChrom(?:e|ium)/|\bCriOS/")),
    ("Internet Explorer", re.compile(r"\bMSIE |\bTrident/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+.*\bSafari/|\((?:iPhone|iPad|iPod).*AppleWebKit/")),
)
_TABLET = re.compile(r"\biPad\b|\bTablet\b|\bKindle\b|\bSilk/|Android(?!.*\b(?:Mobile|Opera Mini)\b)")
_MOBILE = re.compile(r"\bMobi|\biPhone\b|\biPod\b|\bAndroid\b|Opera Mini|BlackBerry|\bIEMobile\b")


class Agent(msgspec.Struct, frozen=True):
    """`device` is desktop, mobile, tablet or bot; `browser` a family, "other", or None for what is no browser."""

    device: str
    browser: str | None
    automated: bool


@lru_cache(maxsize=10_000)
def read_agent(text: str) -> Agent:
    """What a User-Agent header says of its sender."""
    if automation_rule(text):
        return Agent("bot", None, True)
    browser = next((family for family, pattern in _FAMILIES if pattern.search(text)), "other")
    device = "tablet" if _TABLET.search(text) else "mobile" if _MOBILE.search(text) else "desktop"
    return Agent(device, browser, False)
