"""What a benchmark gives: figures beside those published and those aimed at."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from gooddata.errors import InputError


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, larger is better unless its name says otherwise; `interval` are the bounds within which it lies with
    95% confidence."""

    name: str
    value: float
    interval: tuple[float, float] | None = None
    published: float | None = None
    published_by: str | None = None
    aim: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        return None if self.aim is None else self.value >= self.aim


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """`examples` is how many predictions were judged, `settings` what the task ran with."""

    benchmark: str
    figures: list[Figure]
    examples: int
    seconds: float
    settings: dict[str, float | int | str] = {}


def data_file(data: Path, *parts: str) -> Path:
    """A file of a data set. Raises InputError where it is missing."""
    path = data.joinpath(*parts)
    if not path.is_file():
        raise InputError(f"{path} is missing: give the folder that holds {parts[0]}/ as --data", "data")
    return path


def table(evaluations: Sequence[Evaluation]) -> str:
    """All figures as a Markdown table."""
    lines = [
        "| benchmark | figure | here | 95% interval | published | aim | reached |",
        "|---|---|---|---|---|---|---|",
    ]
    for evaluation in evaluations:
        for figure in evaluation.figures:
            interval = "-" if figure.interval is None else "{:.4g} to {:.4g}".format(*figure.interval)
            published = "-" if figure.published is None else f"{figure.published:.4g} ({figure.published_by})"
            aim = "-" if figure.aim is None else f"{figure.aim:.4g}"
            reached = {None: "-", True: "yes", False: "no"}[figure.reached]
            lines.append(
                f"| {evaluation.benchmark} | {figure.name} | {figure.value:.4g} | {interval} | {published} | {aim} "
                f"| {reached} |"
            )
    return "\n".join(lines)
