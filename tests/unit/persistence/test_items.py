"""Items as owners name them in a file."""

import pytest

from gooddata.errors import InputError
from gooddata.persistence.items import Item, read_items


def test_a_file_says_of_items_what_it_has_columns_for():
    assert read_items(["item,in_stock,category\n", 'a,yes,"tea, green"\n', "b,out of stock,\n", "c,,cups\n"]) == [
        Item("a", "tea, green", True),
        Item("b", None, False),
        Item("c", "cups", None),
    ]


@pytest.mark.parametrize(
    ("lines", "field", "says"),
    [
        ([], "item", "it names none"),
        (["item\n", "a\n"], "item", "it names item"),
        (["sku,category\n"], "item", "it names sku, category"),
        (["item,category\n", "a,tea\n", ",tea\n"], "item", "line 3 names no item"),
        (["item,in_stock\n", "a,maybe\n"], "in_stock", "in_stock in line 2 must be true or false, not 'maybe'"),
        (["item,category\n", "a,tea,green\n"], "item", "line 2 has more values"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_the_line(lines, field, says):
    with pytest.raises(InputError, match=says) as problem:
        read_items(lines)
    assert problem.value.field == field
