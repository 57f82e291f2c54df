"""SQL lives in `.sql` files beside the code that asks; this reads them."""

from importlib import resources


def statement(package: str, name: str) -> str:
    """The text of `<package>/<name>.sql`."""
    return resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
