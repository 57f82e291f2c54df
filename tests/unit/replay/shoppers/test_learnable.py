"""What a model can learn from the shoppers: early on a good deal, and never everything."""

from random import Random

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gooddata.replay.shoppers.reading import VECTOR
from gooddata.replay.shoppers.shop import Shop
from gooddata.replay.shoppers.visit import Visit, new_shopper, simulate_visit

SEEN = 8


def early_view(visit: Visit) -> list[float]:
    seen = visit.moments[:SEEN]
    names = [moment.event.get("name") for moment in seen]
    source = visit.context.get("campaign", {}).get("source")
    vectors = [moment.event["vector"] for moment in seen if "vector" in moment.event]
    return [
        seen[-1].at,
        sum(moment.event["properties"].get("engaged_ms", 0) for moment in seen),
        max(moment.event["properties"].get("scroll_depth", 0) for moment in seen),
        names.count("Product Viewed"),
        names.count("Product Added"),
        *(source == name for name in ("newsletter", "google", "pricepoint")),
        *(vectors[-1] if vectors else [0.0] * len(VECTOR.fields)),
    ]


def test_a_plain_model_sees_a_good_part_of_the_will_after_a_few_events(shop: Shop) -> None:
    examples, bought = [], []
    for seed in range(3_000):
        rng = Random(f"learn {seed}")
        visit = simulate_visit(rng, shop, new_shopper(rng))
        names = [moment.event.get("name") for moment in visit.moments]
        if len(names) > SEEN and "Order Completed" not in names[:SEEN]:
            examples.append(early_view(visit))
            bought.append("Order Completed" in names)
    half = len(examples) // 2
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000, C=0.1))
    model.fit(examples[:half], bought[:half])
    auc = roc_auc_score(bought[half:], model.predict_proba(np.array(examples[half:]))[:, 1])
    assert 0.72 < auc < 0.92
