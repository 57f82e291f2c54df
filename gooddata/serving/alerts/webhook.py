"""Posts a message to a webhook, signed."""

import asyncio
import hashlib
import hmac
import time
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


async def post(target: str, key: str, delivery: UUID, body: bytes, private: bool) -> Answer:
    """What came of it: delivered with any 2xx. The address that was checked is the one connected to; redirects are not
    followed, and of the answer only the status is read."""
    try:
        async with asyncio.timeout(SECONDS):
            url = parse(target)
            address = await resolve(url, private)
            headers = {
                "Host": url.netloc.decode("ascii"),
                "Content-Type": "application/json",
                "User-Agent": f"GoodData/{__version__}",
                DELIVERY: str(delivery),
                SIGNATURE: signature(key, int(time.time()), body),
            }
            async with (
                httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
                client.stream(
                    "POST",
                    url.copy_with(host=address),
                    content=body,
                    headers=headers,
                    extensions={"sni_hostname": url.raw_host.decode("ascii")},
                ) as response,
            ):
                return _judged(response.status_code)
    except (Refused, InputError) as refusal:
        return Answer(False, str(refusal), final=True)
    except NotReachable as failure:
        return Answer(False, str(failure))
    except TimeoutError:
        return Answer(False, f"no answer within {SECONDS:.0f} seconds")
    except httpx.TransportError as failure:
        return Answer(False, f"no connection ({failure or type(failure).__name__})")


def _judged(status: int) -> Answer:
    if 300 <= status < 400:
        return Answer(False, f"HTTP {status}: redirects are not followed; name the final URL", final=True)
    return Answer(200 <= status < 300, f"HTTP {status}", final=status == 410)
