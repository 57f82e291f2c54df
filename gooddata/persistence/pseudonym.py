"""Keyed hashes that stand for people in analytics, and the tokens that let a browser ask for its own scores."""

import base64
import hashlib
import hmac
import uuid


class Pseudonyms:
    """Derives, from one secret that no database holds, a key per project and purpose."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[tuple[str, str], bytes] = {}

    def visitor(self, project: str, visitor: str) -> uuid.UUID:
        """The pseudonym of a visitor: 16 bytes that nobody without the secret can link to the visitor's id."""
        return self._keyed_uuid("visitor", project, visitor)

    def user(self, project: str, user: str) -> uuid.UUID:
        """The pseudonym of an identified user."""
        return self._keyed_uuid("user", project, user)

    def group(self, project: str, group: str) -> uuid.UUID:
        """The pseudonym of a group of users, as a company."""
        return self._keyed_uuid("group", project, group)

    def attempt(self, kind: str, value: str) -> uuid.UUID:
        """What stands for an e-mail address or a network address in the counts of attempts to sign in."""
        return self._keyed_uuid("attempt", kind, value)

    def token(self, project: str, visitor: str) -> str:
        """What a browser shows to read its own visitor's scores."""
        digest = hashlib.blake2b(visitor.encode(), key=self._key("token", project), digest_size=18).digest()
        return base64.urlsafe_b64encode(digest).decode()

    def token_is_valid(self, project: str, visitor: str, token: str) -> bool:
        return hmac.compare_digest(self.token(project, visitor).encode(), token.encode())

    def _keyed_uuid(self, purpose: str, project: str, value: str) -> uuid.UUID:
        digest = hashlib.blake2b(value.encode(), key=self._key(purpose, project), digest_size=16).digest()
        return uuid.UUID(bytes=digest)

    def _key(self, purpose: str, project: str) -> bytes:
        key = self._keys.get((purpose, project))
        if key is None:
            message = f"{purpose}\n{project}".encode()
            key = self._keys[purpose, project] = hmac.digest(self._secret, message, "sha256")
        return key
