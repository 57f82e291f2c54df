import pytest

from gooddata.intelligence.training.watch import is_due


@pytest.mark.parametrize(
    ("now", "then", "due"),
    [
        ((0, 0), None, False),
        ((1, 0), None, True),
        ((57, 3), (57, 3), False),
        ((60, 3), (57, 3), False),
        ((72, 3), (57, 3), True),
        ((200, 0), (199, 0), True),
        ((220, 0), (200, 0), False),
        ((220, 19), (200, 18), False),
        ((200, 20), (199, 19), True),
        ((210, 20), (200, 20), False),
        ((249, 30), (200, 20), False),
        ((250, 30), (200, 20), True),
    ],
)
def test_a_project_is_trained_when_it_first_can_be_and_whenever_it_has_grown_by_a_quarter(now, then, due):
    row = {"sessions": now[0], "conversions": now[1], "trained": then is not None, "erased": False}
    row |= {"waits": False, "failed": False, "drifted": False}
    row |= dict(zip(("sessions_then", "conversions_then"), then or (None, None), strict=True))
    assert is_due(row) is due
    for why in ("erased", "failed", "drifted"):
        assert is_due(row | {why: True})
        assert not is_due(row | {why: True, "waits": True})
