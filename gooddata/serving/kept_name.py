"""The names that people give to what they keep: rules of alerts, destinations, segments."""

from gooddata.errors import InputError

LONGEST_NAME = 100


def check_name(name: str) -> None:
    """Raises InputError for what is no name."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise InputError(f"a name takes 1 to {LONGEST_NAME} letters, digits and signs, in one line", "name")
