"""What an event's context says: on which page, from where, with what device."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from gooddata.intelligence.facts.scrub import clean_path, clean_text
from gooddata.intelligence.facts.source import campaign_source, referring_site
from gooddata.intelligence.facts.user_agent import read_agent
from gooddata.intelligence.facts.wire import Campaign, Context, Page, Properties


class Surroundings(msgspec.Struct, frozen=True, gc=False):
    path: str | None = None
    source: str | None = None
    campaign: str | None = None
    device: str | None = None
    browser: str | None = None
    country: str | None = None
    simulated: bool = False
    automated: bool = False
    vector_version: int | None = None


NOWHERE = Surroundings()


def surroundings(context: Context, page: Page | Properties | None = None) -> Surroundings:
    """Reads a context; `page` (a page event's properties, where Segment's servers put it) stands in for context.page.

    Any part of it may be missing or of any JSON type: then it says nothing.
    """
    path = source = campaign = device = browser = None
    automated = context.automation is True
    url = search = None
    if type(context.page) is Page:
        page = context.page
    if page is not None:
        url, search = _text(page.url), _text(page.search)
        path = _text(page.path) or (_path_of(url) if url else None)
        referrer = _text(page.referrer)
        if referrer:
            source = referring_site(referrer, url)
    tags = context.campaign if type(context.campaign) is Campaign else _campaign_in(search or url)
    if tags is not None:
        campaign = clean_text(tags.name)
        if named := _text(tags.source):
            source = campaign_source(named)
    if header := _text(context.user_agent):
        agent = read_agent(header)
        device, browser = agent.device, agent.browser
        automated = automated or agent.automated
    version = context.vector_version
    return Surroundings(
        clean_path(path) if path else None,
        source,
        campaign,
        device,
        browser,
        _country(context.country),
        context.simulated is True,
        automated,
        version if type(version) is int and 0 < version < 32_768 else None,
    )


def _text(value: Any) -> str | None:
    return value if type(value) is str and value else None


def _country(code: Any) -> str | None:
    """A country's code; senders may write anything else there, a person's whereabouts included."""
    return code if type(code) is str and len(code) == 2 and code.isascii() and code.isupper() else None


def _path_of(url: str) -> str | None:
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return None


def _campaign_in(query: str | None) -> Campaign | None:
    """The utm_* parameters of a URL or its query, for senders that leave them there."""
    if not query or "utm_" not in query:
        return None
    try:
        found = parse_qs(query.partition("#")[0].rpartition("?")[2], max_num_fields=100)
    except ValueError:
        return None
    return Campaign(*(found.get(f"utm_{tag}", [None])[0] for tag in ("source", "campaign")))
