"""Sends a message by SMTP."""

import asyncio
import re
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from gooddata.errors import ConfigurationError
from gooddata.serving.alerts.answer import Answer

SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class MailServer(msgspec.Struct, frozen=True):
    """Where mail is handed in: `smtp` goes on by STARTTLS or not at all, `smtps` is TLS from the start, `smtp+plain` is
    without, for a relay on the same machine."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    sender: str


def is_address(text: str) -> bool:
    """Whether mail could be sent there: one address, without a name."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def mail_server(url: str | None, sender: str | None) -> MailServer | None:
    """The server of the settings, None where there is none. Raises ConfigurationError for what is none."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        parts, port = urlsplit("smtp:"), 0
    if not parts.hostname:
        raise ConfigurationError(
            "GOODDATA_SMTP_URL must be like smtp://user:password@mail.example.com:587, or smtps://"
        )
    if not sender or not is_address(sender):
        raise ConfigurationError("mail needs a sender: set GOODDATA_SMTP_FROM to an e-mail address")
    user, password = (unquote(each) if each else None for each in (parts.username, parts.password))
    return MailServer(parts.scheme, parts.hostname, port, user, password, sender)


async def send(
    server: MailServer | None,
    to: str,
    delivery: UUID,
    subject: str,
    text: str,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """What came of it: delivered once the server has taken it on. `trust`: whose certificates count."""
    if server is None:
        return Answer(False, "no mail can be sent: set GOODDATA_SMTP_URL and GOODDATA_SMTP_FROM", final=True)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, server.sender, to
    message["Message-ID"] = f"<{delivery}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        # It blocks, and rarely runs: a thread serves it as well as a second SMTP client would.
        await asyncio.to_thread(_hand_in, server, message, trust)
    except smtplib.SMTPResponseException as failure:
        said = failure.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return Answer(False, f"SMTP {failure.smtp_code} {text[:200]}")
    except smtplib.SMTPRecipientsRefused as failure:
        code, said = next(iter(failure.recipients.values()))
        return Answer(False, f"SMTP {code} {said.decode(errors='replace')[:200]}", final=code >= 550)
    except (smtplib.SMTPException, OSError) as failure:
        return Answer(False, f"the mail server cannot be used ({failure})"[:300])
    return Answer(True, "taken by the mail server")


def _hand_in(server: MailServer, message: EmailMessage, given: ssl.SSLContext | None) -> None:
    trust = given or ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=trust)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    )
    with connection:
        if server.scheme == "smtp":
            connection.starttls(context=trust)
        if server.user is not None:
            connection.login(server.user, server.password or "")
        connection.send_message(message)
