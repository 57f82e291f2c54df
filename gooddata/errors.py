"""The exceptions that some caller branches on. Their text is written for the person who reads it."""


class GoodDataError(Exception):
    """Something a person can act on; the text says what is wrong and what to do."""


class ConfigurationError(GoodDataError):
    """A setting, a folder, a port or a database is not usable as configured."""


class InputError(GoodDataError):
    """What the caller gave (a file, an argument, a query parameter) is not usable.

    `field` names the part that is wrong, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class LogUnavailable(GoodDataError):
    """The event log cannot take or give batches now; the same call may succeed later."""


class LogReplaced(GoodDataError):
    """The event log is another one than when it was opened, or than its readers have read; what is known of it is worth
    nothing."""


class HeadMoved(GoodDataError):
    """Another writer has appended to a partition since its head was read; nothing of the append has happened."""


class ClusterUnavailable(GoodDataError):
    """The cluster that models are to be fitted on does not answer, or has no worker; it may later."""


class CursorMoved(GoodDataError):
    """Another worker has moved this partition's cursor, or taken its lease, since it was read."""
