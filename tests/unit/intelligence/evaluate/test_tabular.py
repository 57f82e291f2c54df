import numpy as np

from gooddata.intelligence.evaluate.tabular import Encoder

TABLE = {"seconds": [1.0, 2.0, 3.0, 4.0], "month": ["Feb", "Feb", "Oct", "Oct"], "browser": ["a", "b", "a", "a"]}
LEARN, LATER = np.array([0, 1]), np.array([2, 3])


def test_codes_become_a_feature_for_each_value_that_was_there_to_learn_from():
    encoder = Encoder.fit(TABLE, LEARN, LEARN)
    assert encoder.names == ["seconds", "month=Feb", "browser=a", "browser=b"]
    assert encoder.matrix(TABLE, np.array([0, 2])).tolist() == [[1.0, 1.0, 1.0, 0.0], [3.0, 0.0, 1.0, 0.0]]


def test_a_code_that_does_not_recur_later_is_left_out():
    assert Encoder.fit(TABLE, LEARN, LATER).names == ["seconds", "browser=a", "browser=b"]
