from gooddata.inside.numbers import Histogram, Tally


def test_a_histogram_counts_up_to_and_with_each_bound():
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 3.0):
        histogram.add(value)
    assert histogram.buckets() == [("1.0", 2), ("2.0", 4), ("+Inf", 5)]
    assert histogram.sum == 8.0


def test_a_tally_remembers_no_more_labels_than_it_may():
    tally = Tally(2)
    for name in ("a", "b", "c", "d", "a"):
        tally.add((name, name))
    assert tally.counts == {("a", "a"): 2, ("b", "b"): 1, ("other", "other"): 2}
