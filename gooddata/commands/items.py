"""`gooddata items`: what may be recommended, and by which rules."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from gooddata.command_line import OWNERS, as_json, in_analytics, run, with_settings
from gooddata.config import Settings
from gooddata.errors import InputError


@click.group()
def items() -> None:
    """What may be recommended in a project, and by which rules."""


@items.command("set")
@with_settings("data")
@click.argument("items_", nargs=-1, required=True, metavar="ITEM...")
@click.option("--project", required=True)
@click.option("--category", help="their category, in place of what events say")
@click.option("--in-stock/--out-of-stock", "in_stock", default=None, help="whether they can be had")
def set_(
    settings: Settings, items_: tuple[str, ...], project: str, category: str | None, in_stock: bool | None
) -> None:
    """Say of ITEMs, by their product ids (or paths, where pages are recommended), what holds from now on."""
    from gooddata.persistence.items import Item, put_items

    if category is None and in_stock is None:
        raise InputError("say what of them: --category, --in-stock or --out-of-stock", "category")
    said = [Item(name, category, in_stock) for name in items_]
    count = run(in_analytics(settings, OWNERS, lambda connection: put_items(connection, project, said)))
    click.echo(f"{count:,} items set; recommendations follow within seconds")


@items.command("import")
@with_settings("data")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--project", required=True)
def import_(settings: Settings, file: Path, project: str) -> None:
    """Say it of many, by a CSV FILE (or -) with a head: item, and category, in_stock or both."""
    from gooddata.persistence.items import put_items, read_items

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        raise InputError(f"{file} cannot be read: {failure}", "file") from None
    said = read_items(text.splitlines(keepends=True))
    count = run(in_analytics(settings, OWNERS, lambda connection: put_items(connection, project, said)))
    click.echo(f"{count:,} items set; recommendations follow within seconds")


@items.command("list")
@with_settings("data")
@click.option("--project", required=True)
@click.option("--json", "json_", is_flag=True)
def list_(settings: Settings, project: str, json_: bool) -> None:
    """Show what has been said of items."""
    from gooddata.persistence.items import items_of

    found = run(in_analytics(settings, OWNERS, lambda connection: items_of(connection, project)))
    if json_:
        as_json(found)
        return
    for each in found:
        stock = "" if each["in_stock"] else "out of stock"
        click.echo("\t".join(part for part in (each["item"], each["category"] or "", stock)).rstrip())
    if not found:
        click.echo(f"nothing has been said of the items of {project}", err=True)


@items.command()
@with_settings("data")
@click.option("--project", required=True)
@click.option(
    "--exclude-bought/--include-bought",
    "exclude_bought",
    default=None,
    help="leave out what a visitor has bought; on by default",
)
@click.option("--diversity", type=float, help="0 to 1: how much an item gives way to one of another category; 0.2")
@click.option(
    "--new-items/--no-new-items",
    "new_items",
    default=None,
    help="give one place of ten to what came up last; on by default",
)
@click.option("--json", "json_", is_flag=True)
def rules(
    settings: Settings,
    project: str,
    exclude_bought: bool | None,
    diversity: float | None,
    new_items: bool | None,
    json_: bool,
) -> None:  # fmt: skip
    """Show, or change, the rules by which a project's items are recommended."""
    from gooddata.persistence.items import put_rules, rules_of

    given = {"exclude_bought": exclude_bought, "diversity": diversity, "new_items": new_items}
    changes = {name: value for name, value in given.items() if value is not None}

    async def change(connection: Any) -> Any:
        now = msgspec.structs.replace(await rules_of(connection, project), **changes)
        if changes:
            await put_rules(connection, project, now)
        return now

    now = run(in_analytics(settings, OWNERS, change))
    if json_:
        as_json(now)
        return
    click.echo(f"what was bought is {'left out' if now.exclude_bought else 'recommended, too'}")
    click.echo(f"diversity {now.diversity:g}")
    click.echo(f"new items {'have one place of ten' if now.new_items else 'have no place of their own'}")
