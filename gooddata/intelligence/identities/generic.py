"""Ids that stand for nobody: what programs send when they have none."""

# Compared without case and without what is written around them, as in [object Object], (null) or "guest".
_AROUND = " \t\r\n\"'`<>()[]{}"
NOBODY = frozenset(
    (
        "", "0", "-1", "anon", "anonymous", "anonymousid", "anonymous_id", "default", "deviceid", "device_id",
        "distinctid", "distinct_id", "email", "false", "guest", "id", "n/a", "na", "nan", "nil", "no", "nobody", "none",
        "not set", "not_authenticated", "not_set", "null", "object object", "true", "undefined", "unidentified",
        "unknown", "user", "userid", "user_id", "username", "visitor", "visitorid", "visitor_id",
    )
)  # fmt: skip
_LONGEST = 64


def nobody(text: str) -> str | None:
    """The entry of NOBODY that `text` is, in one spelling or another; None when it may be somebody's id.

    >>> nobody("[object Object]"), nobody("00000000-0000-0000-0000-000000000000"), nobody("jane")
    ('object object', '0', None)
    """
    if len(text) > _LONGEST:
        return None
    plain = text.strip(_AROUND).lower()
    if plain and not plain.strip("0-"):
        return "0"
    return plain if plain in NOBODY else None
