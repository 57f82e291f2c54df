"""Which requests of a web server's log came from programs, told by what they say about themselves."""

import re
from functools import lru_cache

_AGENT_RULES = (
    # CUBOT makes telephones.
    ("crawler", re.compile(r"(?<!cu)bot\b|bot[-_/]|crawl|spider|slurp|archiver|scanner|scrapy", re.I)),
    ("feed reader", re.compile(r"feed|\brss\b|newsblur|netvibes", re.I)),
    ("headless browser", re.compile(r"headless|phantomjs|puppeteer|playwright", re.I)),
    ("monitor", re.compile(r"monitor|pingdom|uptime|nagios|validator|preview", re.I)),
    ("contact address", re.compile(r"\+https?://|[\w.]+@[\w.]+\.\w", re.I)),
)
_BROWSERS = re.compile(
    r"mozilla/\d\S* \(|opera/|midori/|lynx/|e?links |w3m/|dillo/|netsurf/"
    r"|ucweb|blackberry|nokia|samsung|sonyericsson|lg[-/]",
    re.I,
)


def automation_rule(agent: str | None, path: str) -> str | None:
    """The rule by which a request counts as automation, or None.

    `agent` is the User-Agent header: None where the log has no place for it, empty where the request had none.
    """
    if agent is not None and (rule := _agent_rule(agent)):
        return rule
    return "robots.txt" if path == "/robots.txt" else None


# A few thousand agents fill a log, and searching one costs as much as reading its line.
@lru_cache(maxsize=10_000)
def _agent_rule(agent: str) -> str | None:
    if not agent:
        return "no user agent"
    for rule, pattern in _AGENT_RULES:
        if pattern.search(agent):
            return rule
    return None if _BROWSERS.match(agent) else "no browser"
