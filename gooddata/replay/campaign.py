"""Which campaign an address names."""

from urllib.parse import parse_qsl

PARAMETERS = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_term": "term",
    "utm_content": "content",
}


def campaign_of(query: str) -> dict[str, str]:
    """What the parameters of a query say of the campaign, by the API's names; everything else in it is left out."""
    if "utm_" not in query:
        return {}
    return {PARAMETERS[name]: value for name, value in parse_qsl(query) if name in PARAMETERS}
