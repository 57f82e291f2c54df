"""What the figures of a version tell, as parts of its card."""

from collections.abc import Mapping, Sequence
from typing import Any

from gooddata.serving.card_words import count, table

Row = Mapping[str, Any]

_FIGURES_OF = {
    "visitors": "visitors",
    "segments": "groups",
    "silhouette": "silhouette: how much nearer visitors are to their own group than to the next",
    "stability": "stability: how alike two halves of the visitors divide all (adjusted Rand index)",
    "declared": "sessions that say of themselves that they are programs",
    "likely_of_undeclared": "of the others, share that it takes for programs",
    "auc_against_declared": "AUC of its scores, which know nothing of it, by what sessions say of themselves",
    "items": "items",
    "moments": "moments that it was asked about",
    "hr_20": "share of moments at which what followed was among the first 20",
    "mrr_20": "mean of 1 through the place of what followed",
    "hr_20_trending": "share of moments at which what followed was among the 20 that are trending",
}


def figures(metrics: Row) -> list[str]:
    """A part of each sort of figures that there are."""
    parts = (_held_out, _classes, _other_figures, _importance, _calibration, _lift)
    return [text for part in parts if (text := part(metrics))]


def _held_out(metrics: Row) -> str:
    if metrics.get("auc") is None:
        return ""
    low, high = metrics["auc_interval"]
    rows = [
        ("AUC", f"{metrics['auc']:.3f} ({low:.3f} to {high:.3f} with 95% confidence)"),
        ("log loss", f"{metrics['log_loss']:.4f} (always saying the base rate: {metrics['log_loss_baseline']:.4f})"),
        ("average precision", f"{metrics['average_precision']:.3f}"),
        ("calibration error", f"{metrics['ece']:.3f}"),
    ]
    return "## On sessions that it had not seen\n\n" + table(("figure", ""), rows)


def _classes(metrics: Row) -> str:
    """Of a model that tells more than two things apart."""
    if not metrics.get("classes"):
        return ""
    words = f"Log loss {metrics['log_loss']:.4f} (always saying the base rates: {metrics['log_loss_baseline']:.4f})."
    rows = [
        (name, f"{each['share']:.3f}", "-" if each["auc"] is None else f"{each['auc']:.3f}", f"{each['ece']:.3f}")
        for name, each in metrics["classes"].items()
    ]
    told = table(("class", "share", "AUC", "calibration error"), rows)
    return f"## On sessions that it had not seen\n\n{words}\n\n{told}"


def _other_figures(metrics: Row) -> str:
    """Of models that are no probabilities."""
    rows = [
        (what, _number(metrics[name]) + _between(metrics.get(f"{name}_interval")))
        for name, what in _FIGURES_OF.items()
        if name in metrics
    ]
    return "## Figures\n\n" + table(("figure", ""), rows) if rows else ""


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _calibration(metrics: Row) -> str:
    bins = metrics.get("calibration")
    if not bins:
        return ""
    rows = [
        (
            f"{each['predicted']:.3f}",
            f"{each['observed']:.3f}" + _between(each.get("interval")),
            count(each["count"]) or "",
            count(each.get("sessions")) or "-",
        )
        for each in bins
    ]
    return "### Calibration\n\n" + table(("predicted", "observed", "moments", "sessions"), rows)


def _between(interval: Sequence[float] | None) -> str:
    return "" if interval is None else f" ({interval[0]:.3f} to {interval[1]:.3f})"


def _importance(metrics: Row) -> str:
    """Features whose shuffling the held-out log loss noticed at all, with their parts below them."""
    told = metrics.get("importance")
    if not told:
        return ""
    rows = []
    for each in told["features"]:
        rows += [(f"`{each['feature']}`", each["meaning"], _grown(each))] if each["increase"] else []
        rows += [(f"of which `{part['feature']}`", part["meaning"], _grown(part)) for part in each.get("parts", ())]
    if measure := told.get("measure"):
        return f"### What it goes by\n\n{_grows(measure, told)}\n\n" + table(("feature", "meaning", "falls by"), rows)
    words = (
        f"By how much log loss ({told['log_loss']:.4f}) grows on {told['examples']:,} held-out examples where the "
        f"values of a feature go to others: the mean and the standard deviation of {told['repeats']} shuffles. What "
        "other features say as well counts little here. Of features that are not listed it is 0."
    )
    return f"### What it goes by\n\n{words}\n\n" + table(("feature", "meaning", "log loss grows by"), rows)


def _grows(measure: str, told: Row) -> str:
    """Of figures of which more is better, or that are made up of what is told."""
    if "repeats" in told:
        return (
            f"By how much {measure} falls at {told['examples']:,} held-out moments where the values of a feature go to "
            f"others: the mean and the standard deviation of {told['repeats']} shuffles. What other features say as "
            "well counts little here. Of features that are not listed it is 0."
        )
    return (
        f"By how much the {measure} of {told['examples']:,} sessions that it takes for programs falls where a feature "
        "is as usual, or a rule is not asked: the mean and its standard error. What other features say as well counts "
        "little here. Of what is not listed it is 0."
    )


def _grown(told: Row) -> str:
    return f"{told['increase']:.4f} ± {told['spread']:.4f}"


def _lift(metrics: Row) -> str:
    if not metrics.get("lift"):
        return ""
    rows = [(str(each["decile"]), f"{each['lift']:.2f}") for each in metrics["lift"]]
    return "### Lift by tenths, the highest scores first\n\n" + table(("tenth", "times the average"), rows)
