"""Moves what PostHog's SDKs say of an event's surroundings to where GoodData keeps it: in the event's context."""

from typing import Any

import msgspec

# The names under `context` are Segment's, which GoodData's workers read; docs/sdks.md shows the same table.
PLACES: dict[str, tuple[str, ...]] = {
    "$current_url": ("page", "url"),
    "$pathname": ("page", "path"),
    "$referrer": ("page", "referrer"),
    "$raw_user_agent": ("userAgent",),
    "$lib": ("library", "name"),
    "$lib_version": ("library", "version"),
    "utm_source": ("campaign", "source"),
    "utm_medium": ("campaign", "medium"),
    "utm_campaign": ("campaign", "name"),
    "utm_content": ("campaign", "content"),
    "utm_term": ("campaign", "term"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$device_id": ("device", "id"),
    "$device_type": ("device", "type"),
    "$device_manufacturer": ("device", "manufacturer"),
    "$device_model": ("device", "model"),
    "$browser": ("browser", "name"),
    "$browser_version": ("browser", "version"),
    "$screen_width": ("screen", "width"),
    "$screen_height": ("screen", "height"),
    "$viewport_width": ("viewport", "width"),
    "$viewport_height": ("viewport", "height"),
    "$app_name": ("app", "name"),
    "$app_version": ("app", "version"),
    "$app_build": ("app", "build"),
    "$app_namespace": ("app", "namespace"),
    "$browser_language": ("locale",),
    "$timezone": ("timezone",),
    "$ip": ("ip",),
    "$groups": ("groups",),
}
_NULL = msgspec.Raw(b"null")
_DIRECT = msgspec.Raw(b'"$direct"')  # posthog-js writes so where a page was reached without a link
_BOT = msgspec.Raw(b'"bot"')


def context_of(properties: dict[str, msgspec.Raw]) -> dict[str, Any]:
    """The context that the properties hold; what went into it is taken out of them."""
    context: dict[str, Any] = {}
    for name, (*outer, inner) in PLACES.items():
        value = properties.pop(name, _NULL)
        if value not in (_NULL, _DIRECT):
            (context.setdefault(outer[0], {}) if outer else context)[inner] = value
    if properties.get("$browser_type") == _BOT:
        context["automation"] = True
    return context
