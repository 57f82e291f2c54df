"""Where GoodData keeps what PostHog's SDKs say of an event's surroundings: in the event's context."""

from collections.abc import Collection
from typing import Any

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


def context_of(properties: dict[str, Any], nothing: Collection[Any], bot: Any) -> dict[str, Any]:
    """The context that the properties hold; what went into it is taken out of them. `nothing` are the values that say
    nothing, `bot` is how the type of browser says that it is a program: decoded, or as it was sent."""
    context: dict[str, Any] = {}
    for name, (*outer, inner) in PLACES.items():
        value = properties.pop(name, None)
        if value is not None and value not in nothing:
            (context.setdefault(outer[0], {}) if outer else context)[inner] = value
    if properties.get("$browser_type") == bot:
        context["automation"] = True
    return context
