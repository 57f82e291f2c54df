"""HTTPS at this process's own port, for where no proxy puts TLS in front of it."""

import asyncio
import logging
import ssl

from gooddata.config import Settings
from gooddata.errors import ConfigurationError

LOOK_SECONDS = 60.0
HANDSHAKE_SECONDS = 10.0  # for the other end to agree on keys; then the connection ends

logger = logging.getLogger(__name__)


class Certificate:
    """The certificate and key that the settings name. `context` is for listening; connections made after a new file was
    put in the old one's place get what is in it."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigurationError."""
        certificate, key = settings.tls_certificate, settings.tls_key
        if certificate is None or key is None:
            raise ConfigurationError("HTTPS needs both GOODDATA_TLS_CERTIFICATE and GOODDATA_TLS_KEY")
        self._files = certificate, key
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._loaded = self._changed_at()
        self._load()

    def _changed_at(self) -> tuple[int, ...]:
        try:
            return tuple(file.stat().st_mtime_ns for file in self._files)
        except OSError as failure:
            raise ConfigurationError(f"{failure.filename} cannot be read ({failure.strerror})") from None

    def _load(self) -> None:
        try:
            self.context.load_cert_chain(*self._files, password=_refused)
        except (OSError, ValueError) as failure:
            names = " and ".join(map(str, self._files))
            raise ConfigurationError(
                f"{names} are no certificate and its key, in PEM and unencrypted: {failure}"
            ) from None

    def look_again(self) -> None:
        """Takes up what is in the files where they have changed; raises ConfigurationError, and goes on with what it
        had, where that cannot be used."""
        found = self._changed_at()
        if found != self._loaded:
            self._load()
            self._loaded = found

    async def keep(self) -> None:
        """Looks again every minute, until cancelled: a certificate is renewed without a restart."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self.look_again()
            except ConfigurationError as failure:
                logger.warning("the former certificate stays in use: %s", failure)


def certificate_of(settings: Settings) -> Certificate | None:
    """None where HTTP is plain. Raises ConfigurationError."""
    return Certificate(settings) if settings.tls_certificate or settings.tls_key else None


def own_url(settings: Settings) -> str:
    """By what this machine reaches a server with these settings."""
    scheme = "https" if settings.tls_certificate else "http"
    host = "localhost" if settings.host in ("0.0.0.0", "::") else settings.host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _refused() -> str:
    # Without this, OpenSSL asks for the password of an encrypted key at the terminal, and a server waits for ever.
    raise ValueError("the key is encrypted")
