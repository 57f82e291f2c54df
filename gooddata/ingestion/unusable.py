"""Why a request is refused as a whole."""


class Unusable(Exception):
    """A request that is refused as a whole, with its HTTP status; after `retry_after` seconds it may be sent again."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_after: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.field, self.retry_after = status, code, field, retry_after
