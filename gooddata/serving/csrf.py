"""Keeps other sites from changing something with the cookie of somebody who is signed in.

A browser lets another site's page send the cookie-carrying request of a form, but neither a header of its own nor a
false Origin or Sec-Fetch-Site. So a change takes the header `X-GoodData`, and no sign of another origin.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from gooddata.serving.access import Forbidden

HEADER = "x-gooddata"
_SAFE = {"GET", "HEAD", "OPTIONS"}


def check_origin(request: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Forbidden for a request that changes something and does not come from a page of this server."""
    if request.scope.get("method") in _SAFE:
        return
    if not request.headers.get(HEADER):
        raise Forbidden("a change with a cookie takes the header X-GoodData: 1, which other sites cannot send")
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        fine = site == "same-origin"
    else:
        fine = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not fine:
        raise Forbidden("this came from another site")
