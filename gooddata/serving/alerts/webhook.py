"""Posts a message to a webhook, signed."""

import asyncio
import functools
import hashlib
import hmac
import ssl
import time
from collections.abc import Sequence
from uuid import UUID

import httpx

from gooddata import __version__
from gooddata.errors import InputError
from gooddata.serving.alerts.address import NotReachable, Refused, parse, resolve
from gooddata.serving.alerts.answer import Answer

SIGNATURE = "X-GoodData-Signature"
DELIVERY = "X-GoodData-Delivery"
SECONDS = 10.0


def signing_key(secret: bytes, destination: UUID, number: int) -> str:
    """The key of a destination. It follows from the server's secret, so that no database holds it."""
    about = b"alert webhook %b %d" % (destination.bytes, number)
    return "gs_" + hmac.new(secret, about, hashlib.sha256).hexdigest()


def signature(key: str, at: int, body: bytes) -> str:
    """Of the time in epoch seconds and the body, as the header has it."""
    made = hmac.new(key.encode(), b"%d.%b" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


async def post(
    target: str, key: str, delivery: UUID, body: bytes, private: bool, trust: ssl.SSLContext | None = None
) -> Answer:
    """What came of it: delivered with any 2xx. The addresses that were checked are those connected to; redirects are
    not followed, and of the answer only the status is read. `trust`: whose certificates count."""
    try:
        async with asyncio.timeout(SECONDS):
            url = parse(target)
            addresses = await resolve(url, private)
            headers = {
                "Host": url.netloc.decode("ascii"),
                "Content-Type": "application/json",
                "User-Agent": f"GoodData/{__version__}",
                DELIVERY: str(delivery),
                SIGNATURE: signature(key, int(time.time()), body),
            }
            return _judged(await _status(url, addresses, body, headers, trust or _usual_trust()))
    except (Refused, InputError) as refusal:
        return Answer(False, str(refusal), final=True)
    except NotReachable as failure:
        return Answer(False, str(failure))
    except TimeoutError:
        return Answer(False, f"no answer within {SECONDS:.0f} seconds")
    except httpx.TransportError as failure:
        return Answer(False, f"no connection ({failure or type(failure).__name__})")


async def _status(
    url: httpx.URL, addresses: Sequence[str], body: bytes, headers: dict[str, str], trust: ssl.SSLContext
) -> int:
    """The status with which the first of the addresses that can be connected to answers."""
    extensions = {"sni_hostname": url.raw_host.decode("ascii")}
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS, verify=trust) as client:
        for left, address in enumerate(addresses, 1 - len(addresses)):
            at = url.copy_with(host=address)
            try:
                async with client.stream("POST", at, content=body, headers=headers, extensions=extensions) as response:
                    return response.status_code
            except httpx.ConnectError:
                if left == 0:
                    raise
    raise NotReachable(f"the name {url.host} has no address")


@functools.cache
def _usual_trust() -> ssl.SSLContext:
    """Made once: reading all certificates takes tens of milliseconds, in which nobody else is answered."""
    return httpx.create_ssl_context()


def _judged(status: int) -> Answer:
    if 300 <= status < 400:
        return Answer(False, f"HTTP {status}: redirects are not followed; name the final URL", final=True)
    return Answer(200 <= status < 300, f"HTTP {status}", final=status == 410)
