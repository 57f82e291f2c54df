import json

from hypothesis import given
from hypothesis import strategies as st

from gooddata.replay import ga4
from gooddata.replay.row import Malformed, Row


def parameter(key, **value):
    return {"key": key, "value": {"string_value": None, "int_value": None, "float_value": None, **value}}


def exported(name, *parameters, **more):
    """A row as BigQuery writes it: whole numbers as text."""
    return {
        "event_date": "20261102",
        "event_timestamp": "1793608200250123",
        "event_name": name,
        "event_params": [
            parameter("ga_session_id", int_value="1793608000"),
            parameter("page_location", string_value="https://shop.example/tea?utm_source=news&q=private"),
            *parameters,
        ],
        "user_pseudo_id": "123.456",
        "user_id": None,
        "items": [],
        "device": {"category": "mobile", "operating_system": "Android", "web_info": {"browser": "Chrome"}},
    } | more


def read(*rows):
    reader = ga4.reader()
    return [reader(row if isinstance(row, str) else json.dumps(row)) for row in rows]


def test_a_page_view():
    title = parameter("page_title", string_value="Tea")
    [row] = read(exported("page_view", title, parameter("engagement_time_msec", int_value="7")))
    assert row == Row(
        1793608200250,
        {
            "type": "page",
            "visitor": "123.456",
            "session": "123.456.1793608000",
            "properties": {},
            "context": {
                "page": {"url": "https://shop.example/tea", "path": "/tea", "title": "Tea"},
                "campaign": {"source": "news"},
                "device": {"type": "mobile"},
                "os": {"name": "Android"},
                "browser": {"name": "Chrome"},
            },
        },
    )


def test_a_purchase_goes_by_the_name_and_the_properties_that_models_know():
    item = {"item_id": "tea-1", "item_category": "tea", "price": 8.5, "quantity": "2", "item_brand": "(not set)"}
    order = {"transaction_id": "o1", "purchase_revenue": "17.0", "shipping_value": None}
    source = {"manual_source": "mail", "manual_campaign_name": "november"}
    [row] = read(
        exported(
            "purchase", parameter("value", float_value=17.0), parameter("coupon", string_value="X"),
            ecommerce=order, items=[item], user_id="u1", collected_traffic_source=source,
        )
    )  # fmt: skip
    assert (row.event["name"], row.event["user"]) == ("Order Completed", "u1")
    assert row.event["properties"] == {
        "value": 17.0,
        "coupon": "X",
        "order_id": "o1",
        "revenue": 17.0,
        "product_id": "tea-1",
        "category": "tea",
        "price": 8.5,
        "quantity": 2.0,
    }
    assert row.event["context"]["campaign"] == {"source": "mail", "name": "november"}


def test_several_items_stay_together():
    [row] = read(exported("add_to_cart", items=[{"item_id": "a"}, {"item_id": "b"}]))
    assert row.event["name"] == "Product Added"
    assert row.event["properties"] == {"products": [{"product_id": "a"}, {"product_id": "b"}]}


def test_says_what_is_wrong_with_a_line():
    anonymous = exported("page_view", user_pseudo_id=None)
    assert read("", "{", "[]", exported("a", event_timestamp="soon"), exported(None), anonymous) == [
        None,
        Malformed("no JSON"),
        Malformed("no JSON object"),
        Malformed("event_timestamp is no epoch microseconds"),
        Malformed("no event_name"),
        Malformed("no user_pseudo_id and no user_id"),
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(["event_params", "items", "ecommerce", "device", "user_id", "event_name", "event_timestamp"]),
    anything,
)
def test_reads_whatever_stands_in_a_field_without_failing(field, value):
    [entry] = read(exported("purchase") | {field: value})
    assert isinstance(entry, Row | Malformed)
