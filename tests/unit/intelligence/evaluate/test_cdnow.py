import lzma

import numpy as np

from gooddata.intelligence.evaluate.cdnow import KNOWN_UNTIL, read


def test_purchases_of_one_day_are_one_and_in_order(tmp_path):
    file = tmp_path / "purchases.txt.xz"
    lines = [" 00001 19970102  1   10.00", " 00001 19970101  2   20.00", " 00001 19970102  3    5.50"]
    file.write_bytes(lzma.compress("\n".join([*lines, " 00002 19970930  1    7.00"]).encode()))
    first, second = read(file)
    assert np.diff([day for day, _, _ in first]).tolist() == [1]
    assert [bought[1:] for bought in first] == [(20.0, 2.0), (15.5, 4.0)]
    assert second == [(KNOWN_UNTIL, 7.0, 1.0)]
