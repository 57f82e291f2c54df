"""Delivers the messages that wait, each by one process at a time, again and again until it is taken or given up."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from gooddata.config import Settings
from gooddata.serving.alerts import mail, webhook
from gooddata.serving.alerts.answer import Answer
from gooddata.serving.alerts.mail import MailServer
from gooddata.serving.alerts.message import Message, subject
from gooddata.sql import statement

MOST_ATTEMPTS = 10
FIRST_WAIT_SECONDS = 10.0  # doubled with each attempt: 85 minutes at most in all
AT_ONCE = 10
KEPT_DAYS = 30
# Past this another process may take a message over: its own was ended in the middle of it.
CLAIM = timedelta(seconds=180)

_CLAIM = statement(__package__, "claim")
_SETTLE = statement(__package__, "settle")
_WHERE = (
    "SELECT destination_id, kind, target, key_number FROM control.alert_destination WHERE destination_id = ANY ($1)"
)
_FORGET = "DELETE FROM control.alert_delivery WHERE created_at < $1 AND state <> 'waiting'"


class AlertMeans(msgspec.Struct, frozen=True):
    """What it takes to deliver: the secret that signing keys follow from, the mail server, whether webhooks may go to
    private addresses."""

    secret: bytes
    mail: MailServer | None
    private: bool


def means_of(settings: Settings, secret: bytes) -> AlertMeans:
    """As the settings have it. Raises ConfigurationError where they cannot be."""
    return AlertMeans(secret, mail.mail_server(settings.smtp_url, settings.smtp_from), settings.webhook_private)


async def deliver_due(analytics: Any, means: AlertMeans, kind: str, at: datetime | None = None) -> int:
    """Tries each message that is due to destinations of this kind once, ten at most; how many there were.

    `analytics` is a pool.
    """
    at = at or datetime.now(UTC)
    claim = uuid4()
    due = await analytics.fetch(_CLAIM, claim, AT_ONCE, at, at + CLAIM, kind)
    found = await analytics.fetch(_WHERE, [row["destination_id"] for row in due])
    where = {row["destination_id"]: row for row in found}
    await asyncio.gather(*(_try(analytics, means, claim, row, where.get(row["destination_id"]), at) for row in due))
    return len(due)


async def _try(
    analytics: Any, means: AlertMeans, claim: UUID, row: Mapping[str, Any], to: Mapping[str, Any] | None, at: datetime
) -> None:
    answer = Answer(False, "the destination was removed", final=True)
    if to is not None:
        answer = await deliver(means, to, row["delivery_id"], row["body"])
    state, until = "delivered" if answer.delivered else "waiting", None
    if state == "waiting":
        if answer.final or row["attempts"] >= MOST_ATTEMPTS:
            state = "failed"
        else:
            until = at + timedelta(seconds=wait_after(row["attempts"]))
    await analytics.execute(_SETTLE, row["delivery_id"], claim, state, answer.text, until, at)


def wait_after(attempts: int) -> float:
    """Seconds until the next attempt: twice as long each time, less up to a half by chance, so that receivers who come
    back are not met by all at once."""
    return FIRST_WAIT_SECONDS * 2 ** (attempts - 1) * random.uniform(0.5, 1)


async def deliver(means: AlertMeans, to: Mapping[str, Any], delivery: UUID, body: str) -> Answer:
    """One attempt to bring `body` to the destination `to`, a row of its table."""
    if to["kind"] == "webhook":
        key = webhook.signing_key(means.secret, to["destination_id"], to["key_number"])
        return await webhook.post(to["target"], key, delivery, body.encode(), means.private)
    message = msgspec.json.decode(body, type=Message)
    return await mail.send(means.mail, to["target"], delivery, subject(message), message.text)


async def forget(analytics: Any, at: datetime | None = None) -> None:
    """Removes from the log what is older than 30 days and has ended."""
    await analytics.execute(_FORGET, (at or datetime.now(UTC)) - timedelta(days=KEPT_DAYS))
