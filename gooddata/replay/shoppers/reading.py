"""What a person does on one page, as the numbers of gooddata/vector.json."""

from pathlib import Path
from random import Random

import msgspec

_SOURCE = Path(__file__).parents[2] / "vector.json"
_ATTENTION_MS = 15_000
"""The engine counts a visitor as engaged for this long after a sign of life."""
_SCREEN_PX = 800


class _Field(msgspec.Struct):
    name: str


class _Vector(msgspec.Struct):
    version: int
    fields: list[_Field]


VECTOR = msgspec.json.decode(_SOURCE.read_bytes(), type=_Vector)


class Filled(msgspec.Struct, frozen=True):
    """A field, begun `at` ms into the page view and `hesitation_ms` after it was reached; when it was corrected."""

    at: int
    hesitation_ms: int
    corrected: tuple[int, ...]


class Reading(msgspec.Struct):
    """One page view, from its start to its end after `elapsed_ms`; every number grows towards its final value.

    `hidden_ms` is for how long the page was out of view, at its end; `times` holds when what the vector counts
    happened, by the name of its field; `fields` are those of a form, in the order in which they are filled in.
    """

    elapsed_ms: int
    hidden_ms: int
    screens: float
    depth: float
    scroll_distance: float
    pointer_distance: float
    idle_ms: int
    times: dict[str, list[int]] = {}
    fields: list[Filled] = []

    def engaged_ms(self, at: int) -> int:
        """Milliseconds engaged in the first `at` milliseconds of the page view."""
        return max(0, min(at, self.elapsed_ms - self.hidden_ms))

    def scroll_depth(self, at: int) -> float:
        """Percent of the page seen by then: the first screen at once, the rest over the first two thirds."""
        first = min(100.0, 100.0 / self.screens)
        return first + (max(first, self.depth) - first) * self._part(at, 0.67)

    def vector(self, at: int, visit: dict[str, float]) -> list[float]:
        """The numbers at that time, in the order of vector.json; `visit` gives those that start with visit_."""
        part = self._part(at, 1.0)
        filled = [field for field in self.fields if field.at <= at]
        values = {
            "engaged_ms": self.engaged_ms(at),
            "elapsed_ms": at,
            "scroll_depth": self.scroll_depth(at),
            "scroll_distance": self.scroll_distance * part,
            "document_screens": self.screens,
            "pointer_distance": self.pointer_distance * part,
            "pointer_idle_ms": min(at, self.idle_ms),
            "hides": int(self.hidden_ms > 0 and at > self.elapsed_ms - self.hidden_ms),
            "form_fields": len(filled),
            "form_hesitation_ms": sum(field.hesitation_ms for field in filled),
            "form_corrections": sum(time <= at for field in filled for time in field.corrected),
            **{field: sum(time <= at for time in times) for field, times in self.times.items()},
            **visit,
        }
        return [round(float(values.get(field.name, 0)), 1) for field in VECTOR.fields]

    def _part(self, at: int, whole: float) -> float:
        return min(1.0, at / (self.elapsed_ms * whole))


def read_page(
    rng: Random,
    *,
    usual_ms: float,
    screens: float,
    interest: float,
    depth: float,
    wander: float,
    touch: bool,
    fields: int,
) -> Reading:
    """One person's way through a page: the more `interest` (0 to 1), the longer and deeper.

    `usual_ms` is the median time on such a page, `screens` its height in a desktop's viewports, `depth` (0 to 1) how
    much of a page this person looks at, `wander` (0 to 1) how aimless they are. On a `touch` screen nothing hovers.
    `fields` are to be filled in.
    """
    elapsed = usual_ms * (0.55 + 0.9 * interest) * rng.lognormvariate(0.0, 0.5)
    away = rng.uniform(3_000, 20_000) if rng.random() < 0.06 + 0.10 * wander else 0.0
    engaged = max(1_200.0, min(elapsed, 8 * _ATTENTION_MS))
    seconds = engaged / 1_000
    screens = round(screens * (1.8 if touch else 1.0), 2)
    depth = min(1.0, max(0.0, rng.gauss(0.25 + 0.7 * depth * (0.5 + interest), 0.15)))
    turns = _poisson(rng, seconds / 12 * (0.4 + 1.6 * wander))
    return Reading(
        elapsed_ms=round(engaged + away),
        hidden_ms=round(away),
        screens=screens,
        depth=100 * depth,
        scroll_distance=max(0.0, depth * screens - 1) * _SCREEN_PX * (1 + 0.5 * turns),
        pointer_distance=0.0 if touch else seconds * rng.uniform(60, 240) * (0.7 + wander),
        idle_ms=round(rng.expovariate(1 / 1_500)) if not touch else round(engaged),
        fields=[_filled_in(rng, round(engaged), number, fields) for number in range(fields)],
    )


def _filled_in(rng: Random, until: int, number: int, fields: int) -> Filled:
    """One of a form's fields, which are filled in one after another."""
    at, length = round(until * (0.1 + 0.8 * number / fields)), round(until * 0.8 / fields)
    corrected = sorted(at + rng.randrange(length) for _ in range(_poisson(rng, 0.2)))
    return Filled(at, round(rng.lognormvariate(6.5, 0.6)), tuple(corrected))


def _poisson(rng: Random, mean: float) -> int:
    """Arrivals in one unit of time at `mean` a unit."""
    count, passed = 0, rng.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += rng.expovariate(1.0)
    return count
