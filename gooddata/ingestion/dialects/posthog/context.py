"""The surroundings of an event of PostHog's SDKs, each as it was sent."""

from typing import Any

import msgspec

from gooddata import posthog

# posthog-js writes $direct where a page was reached without a link.
_NOTHING = (msgspec.Raw(b"null"), msgspec.Raw(b'"$direct"'))
_BOT = msgspec.Raw(b'"bot"')


def context_of(properties: dict[str, msgspec.Raw]) -> dict[str, Any]:
    """The context that the properties hold; what went into it is taken out of them."""
    return posthog.context_of(properties, _NOTHING, _BOT)
