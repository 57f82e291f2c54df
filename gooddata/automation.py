"""Which user agents are programs', told by what they say about themselves. What they send is marked, never dropped.

Most of what is not a browser says so: it names its kind, gives an address for complaints, or does not open like a
browser. These few rules find more of it than a list of names does, and need no upkeep when a new crawler comes. See
docs/decisions/automation.md for how they compare.
"""

import re
from functools import lru_cache

# CUBOT makes telephones.
_CRAWLERS = (
    r"(?<!cu)bot\b|bot[-_/;]|crawl|spider|slurp|archiver|scan\b|scanner|scrap[ey]|linkcheck|google-?(?:other|agent)"
)
_MONITORS = (
    r"monitor|pingdom|uptime|nagios|validator|synthetics|lighthouse|pagespeed|ptst/|gtmetrix|inspectiontool|audit"
)
_RULES = tuple(
    (rule, re.compile(pattern, re.IGNORECASE))
    for rule, pattern in (
        ("crawler", _CRAWLERS),
        ("feed reader", r"feed|\brss\b|newsblur|netvibes|theoldreader"),
        ("headless browser", r"headless|phantomjs|puppeteer|playwright|selenium|slimerjs|cypress/"),
        ("monitor", _MONITORS),
        ("preview", r"preview|imageproxy|thumbnail|screenshot|google favicon"),
        ("contact address", r"https?://|[\w.]@\w"),
    )
)
# Opens like a browser, and says more than that; or a telephone of before smartphones. Of browsers, only Internet
# Explorer and Konqueror ever called themselves compatible.
_BROWSERS = re.compile(
    r"mozilla/\d\S* \((?!compatible\b(?!.*(?:\bmsie \d|konqueror)))|opera[/ ]|midori/|lynx/|e?links |w3m/|dillo/"
    r"|netsurf/|ucweb|blackberry|nokia|samsung|sonyericsson|lg[-/]|.*(?:\bmidp-|\bwap browser|\bmaui browser)",
    re.IGNORECASE,
)


# A few thousand agents fill a day, and searching one costs as much as reading a line of a log.
@lru_cache(maxsize=10_000)
def automation_rule(agent: str) -> str | None:
    """The rule by which a User-Agent header is a program's, or None; a header that is missing or empty is as well."""
    if not agent:
        return "no user agent"
    for rule, pattern in _RULES:
        if pattern.search(agent):
            return rule
    return None if _BROWSERS.match(agent) else "no browser"
