"""Where a visitor came from: the campaign's source, else the referring site, under one name for each."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from gooddata.intelligence.facts.scrub import clean_text

HOST_CHARACTERS = 100

_IP = re.compile(r"[\d.]+|\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]+\]?")
# Sites that go by many hosts.
_SITES = (
    ("google", re.compile(r"(?:^|\.)google\.[a-z.]{2,6}$|(?:^|\.)googleadservices\.com$")),
    ("bing", re.compile(r"(?:^|\.)bing\.com$")),
    ("duckduckgo", re.compile(r"(?:^|\.)duckduckgo\.com$")),
    ("yahoo", re.compile(r"(?:^|\.)yahoo\.(?:com|co\.[a-z]{2})$")),
    ("baidu", re.compile(r"(?:^|\.)baidu\.com$")),
    ("yandex", re.compile(r"(?:^|\.)yandex\.[a-z.]{2,6}$|^ya\.ru$")),
    ("ecosia", re.compile(r"(?:^|\.)ecosia\.org$")),
    ("facebook", re.compile(r"(?:^|\.)(?:facebook|fb)\.com$")),
    ("instagram", re.compile(r"(?:^|\.)instagram\.com$")),
    ("pinterest", re.compile(r"(?:^|\.)pinterest\.[a-z.]{2,6}$|^pin\.it$")),
    ("reddit", re.compile(r"(?:^|\.)reddit\.com$")),
    ("linkedin", re.compile(r"(?:^|\.)linkedin\.com$|^lnkd\.in$")),
    ("x", re.compile(r"(?:^|\.)(?:twitter|x)\.com$|^t\.co$")),
    ("youtube", re.compile(r"(?:^|\.)youtube\.com$|^youtu\.be$")),
    ("tiktok", re.compile(r"(?:^|\.)tiktok\.com$")),
)
SEARCH = frozenset({"google", "bing", "duckduckgo", "yahoo", "baidu", "yandex", "ecosia"})
SOCIAL = frozenset({"facebook", "instagram", "pinterest", "reddit", "linkedin", "x", "youtube", "tiktok"})


def campaign_source(name: str) -> str | None:
    """The source that a campaign's `utm_source` names, by the name that its site has as a referrer, too."""
    text = clean_text(name)
    return text and _site(text.lower())


@lru_cache(maxsize=20_000)
def referring_site(referrer: str, own: str | None) -> str | None:
    """The site that `referrer` belongs to; None within the site itself, whose page's URL is `own`."""
    host = _host(referrer)
    if not host or (own and host == _host(own)):
        return None
    return "unnamed host" if _IP.fullmatch(host) else _site(host)


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url if "//" in url else "//" + url).hostname
    except ValueError:
        return None
    return host and host.removeprefix("www.")[:HOST_CHARACTERS]


@lru_cache(maxsize=20_000)
def _site(host: str) -> str:
    return next((site for site, pattern in _SITES if pattern.search(host)), host)
