from hypothesis import given
from hypothesis import strategies as st

from gooddata.replay import retailrocket
from gooddata.replay.row import Malformed, Row


def read(*lines: str) -> list[Row | Malformed | None]:
    reader = retailrocket.reader()
    return [reader(line) for line in lines]


def test_a_view_is_a_page_view_of_the_item() -> None:
    [row] = read("1441852593000,1145517,view,165162,1173")
    assert row == Row(
        1441852593000,
        {
            "type": "page",
            "name": "Product Viewed",
            "visitor": "1145517",
            "properties": {"product_id": "165162", "category": "1173"},
            "context": {"page": {"path": "/item/165162"}},
        },
    )


def test_cart_and_purchase_are_tracked_by_their_standard_names() -> None:
    added, bought = read("1,7,addtocart,5,2", "2,7,transaction,5,2")
    assert isinstance(added, Row) and isinstance(bought, Row)
    assert (added.event["type"], added.event["name"]) == ("track", "Product Added")
    assert (bought.event["type"], bought.event["name"]) == ("track", "Order Completed")


def test_follows_the_header_where_there_is_one() -> None:
    header, row = read("visitorid,itemid,transactionid,timestamp,event", "7,5,o9,1000,transaction")
    assert header is None
    assert isinstance(row, Row)
    assert row.at == 1000
    assert row.event["properties"] == {"product_id": "5", "order_id": "o9"}


def test_leaves_out_what_is_not_known() -> None:
    [row] = read("1000,7,view,5,")
    assert isinstance(row, Row)
    assert row.event["properties"] == {"product_id": "5"}


def test_says_what_is_wrong_with_a_line() -> None:
    assert read("", "  ", "1,2,view,3", "x,2,view,3,4", "1,2,look,3,4", "1,,view,3,4", '1,"2,view,3,4') == [
        None,
        None,
        Malformed("4 columns instead of 5"),
        Malformed("timestamp is no epoch milliseconds"),
        Malformed("event is none of view, addtocart, transaction"),
        Malformed("no visitorid or itemid"),
        Malformed("no CSV: unexpected end of data"),
    ]


@given(st.lists(st.text()))
def test_reads_any_text_without_failing(lines: list[str]) -> None:
    for entry in read(*lines):
        assert entry is None or isinstance(entry, Row | Malformed)


@given(
    st.integers(0, 253_402_300_799_999),
    st.integers(0, 10**9),
    st.sampled_from(["view", "addtocart", "transaction"]),
    st.integers(0, 10**9),
    st.integers(0, 10**4),
)
def test_every_published_row_is_one_event(at: int, visitor: int, event: str, item: int, category: int) -> None:
    [row] = read(f"{at},{visitor},{event},{item},{category}")
    assert isinstance(row, Row)
    assert row.at == at
    assert row.event["visitor"] == str(visitor)
    assert row.event["properties"] == {"product_id": str(item), "category": str(category)}
