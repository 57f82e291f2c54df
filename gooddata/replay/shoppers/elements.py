"""Elements of the demo shop's pages (engine/demo/pages/), as engine/src/signals/describeElement.ts names them."""

from typing import Any

FORM = "form#checkout"
FIELDS = tuple(f"input#{name}" for name in ("name", "email", "street", "postcode", "city", "card", "expiry", "code"))
"""Those of FORM, in the order in which they are filled in."""

BUTTONS = {
    "Product Added": "button#add-to-cart",
    "Product Removed": "ul:1>li:1>div:2>button:3",
    "Order Completed": f"{FORM}>button:4",
}
"""By what the shop reports when they are pressed."""

LINKS = {
    "home": "header:4>a:1",
    "category": "header:4>nav:2>a:1",
    "product": "main#main>ul:3>li:1>a:1",
    "cart": "header:4>a:3",
    "checkout": "main#main>div:2>aside:2>a:2",
    "thanks": f"{FORM}>button:4",
}
"""By the kind of page that they lead to."""

TROUBLESOME = {
    "home": {"ul:2>li:1>span:2>button:2": 3, "section:1>div:1>p:4>a:1": 1},
    "category": {"ul:3>li:2>span:2>button:2": 4, "main#main>ul:3>li:1>a:1": 1},
    "product": {"div:2>form:5>label:1>button:4": 4, "button#add-to-cart": 2},
    "cart": {"ul:1>li:1>div:2>button:3": 3, "main#main>div:2>aside:2>a:2": 2, "ul:1>li:1>div:3>button:3": 2},
    "checkout": {f"{FORM}>button:4": 5, "input#gift": 1},
    "thanks": {"header:4>a:1": 1},
}
"""Where such a page is clicked in vain or in rage, and how often."""


def described(path: str) -> dict[str, Any]:
    """The element's properties in an event."""
    return {"tag": path.rpartition(">")[2].partition("#")[0].partition(":")[0], "path": path}
