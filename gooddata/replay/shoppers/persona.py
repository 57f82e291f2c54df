"""Kinds of shoppers. What they are is hidden from the events; what they do is in them."""

import msgspec


class Persona(msgspec.Struct, frozen=True):
    """`share` of all shoppers. `will` is the mean of the hidden will to buy, in standard deviations of it.

    `pace` stretches the time on a page, `patience` is the mean number of pages, `depth` how much of a page is seen,
    `wander` the chance to go back or astray, `thrift` how much a price above 15 puts them off.
    """

    name: str
    share: float
    will: float
    pace: float
    patience: float
    depth: float
    wander: float
    thrift: float
    sources: dict[str, float]
    phones: float


PERSONAS = (
    Persona("decided buyer", 0.12, 1.4, 0.9, 7.0, 0.75, 0.08, 0.1,
            {"direct": 4, "newsletter": 3, "search": 3, "ads": 2}, 0.35),
    Persona("bargain hunter", 0.15, 0.3, 0.6, 8.0, 0.55, 0.20, 1.0,
            {"comparison": 4, "newsletter": 4, "ads": 2, "search": 1}, 0.55),
    Persona("browser", 0.35, -0.4, 1.1, 6.0, 0.70, 0.25, 0.4,
            {"search": 4, "social": 4, "direct": 2}, 0.60),
    Persona("lost", 0.12, -1.0, 0.8, 5.5, 0.50, 0.65, 0.4,
            {"search": 5, "social": 2, "ads": 1}, 0.50),
    Persona("bouncer", 0.26, -2.0, 0.45, 1.3, 0.35, 0.10, 0.4,
            {"social": 5, "ads": 4, "search": 3}, 0.75),
)  # fmt: skip
