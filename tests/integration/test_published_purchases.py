"""Benchmarks of the product's own features and estimator, on the real data where it is."""

from gooddata.intelligence.evaluate import evaluate


def test_a_real_shops_purchases_are_seen_coming(shared_data):
    report = evaluate("retailrocket", shared_data)
    figures = {figure.name: figure for figure in report.figures}
    assert report.examples == 10_486
    low, _ = figures["AUC after 3 events (81 buy)"].interval
    assert low > 0.7
    assert all(figure.value <= 0.03 for name, figure in figures.items() if name.startswith("calibration error"))
