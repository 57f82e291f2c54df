"""What questions about the same days share."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from gooddata.serving.columns.choose import MOST_SHARED, Stretch


@pytest.mark.timeout(20)
def test_who_asks_for_the_same_waits_for_it_and_nobody_else_does():
    stretch, begun, go_on, made = Stretch([], {}), Event(), Event(), []

    def slowly():
        begun.set()
        assert go_on.wait(15)
        made.append(1)
        return []

    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(stretch.share, "slow", slowly) for _ in range(2)]
        assert begun.wait(15)
        quick = stretch.share("quick", list)
        assert quick == [] and stretch.bytes == 0 and not any(each.done() for each in asked)
        go_on.set()
        first, second = (each.result() for each in asked)
    assert first is second and made == [1]
    assert stretch.share("quick", slowly) is quick


def test_what_failed_is_tried_again_and_only_the_newest_are_kept():
    stretch = Stretch([], {})
    with pytest.raises(ZeroDivisionError):
        stretch.share("it", lambda: 1 // 0)
    assert stretch.share("it", lambda: ["made"]) == ["made"]
    for number in range(MOST_SHARED):
        stretch.share(number, list)
    assert stretch.share("it", lambda: ["made anew"]) == ["made anew"]
