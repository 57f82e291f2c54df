"""A model card (Mitchell et al., Model Cards for Model Reporting, 2019) as Markdown, from what is stored of a version
and from nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

_IN_USE = {"champion": "in use", "challenger": "not in use", "former": "no longer in use"}


def card(version: Row, realised: Row | None) -> str:
    """Of a row of analytics.model, its JSON decoded, and of what its scores turned out to be worth."""
    parts = [_head(version), _learned(version), _features(version), _held_out(version["metrics"])]
    parts += [
        _importance(version["metrics"]),
        _calibration(version["metrics"]),
        _lift(version["metrics"]),
        _turned_out(realised),
        _decided(version),
    ]
    return "\n\n".join(part for part in (*parts, _limits(version)) if part) + "\n"


def _head(version: Row) -> str:
    described = version["described"] or {}
    lines = [f"# {version['task']}, version {version['version']} ({_IN_USE[version['role']]})", ""]
    if asks := described.get("asks"):
        lines.append(f"{described.get('asked', 'After every event of a session')}, a probability: {asks}")
    if version["status"] == "abstaining":
        lines += ["", f"**It gives no scores:** {version['reason']}."]
    return "\n".join(lines).rstrip()


def _learned(version: Row) -> str:
    metrics = version["metrics"]
    rows = [("project", version["project_id"]), ("trained", _moment(version["trained_at"]))]
    rows += [("on sessions that are", version["trained_on"]), ("estimator", metrics.get("estimator"))]
    rows += [("sessions", _count(metrics.get("sessions"))), ("of them converted", _count(metrics.get("conversions")))]
    rows += [("learned from for judging, the oldest", _of(metrics, "train"))]
    rows += [("calibrated on, newer", _count(metrics.get("sessions_calibrate")))]
    rows += [("held out, the newest", _of(metrics, "test")), ("held out from", metrics.get("split_at"))]
    rows += [("learned from for use", _count(metrics.get("sessions_refit")))]
    if version["learned_from"] and version["learned_until"]:
        rows.append(("of the time", f"{_moment(version['learned_from'])} to {_moment(version['learned_until'])}"))
    return "## Learned from\n\n" + _table(("what", ""), rows)


def _of(metrics: Row, part: str) -> str | None:
    sessions, positives = metrics.get(f"sessions_{part}"), metrics.get(f"positives_{part}")
    if sessions is None:
        return None
    return f"{sessions:,} sessions, in {positives:,} of which it came true after a moment that was looked at"


def _features(version: Row) -> str:
    if not version["features"]:
        return ""
    described = (version["described"] or {}).get("features")
    if not described:
        names = ", ".join(f"`{name}`" for name in version["features"])
        return f"## Features\n\n{names}\n\nWhat they mean was not kept with this version."
    rows = [(f"`{each['name']}`", each["unit"], each["meaning"], each["source"]) for each in described]
    return f"## Features ({len(rows)})\n\n" + _table(("feature", "unit", "meaning", "from"), rows)


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
    return "## On sessions that it had not seen\n\n" + _table(("figure", ""), rows)


def _calibration(metrics: Row) -> str:
    bins = metrics.get("calibration")
    if not bins:
        return ""
    rows = [
        (
            f"{each['predicted']:.3f}",
            f"{each['observed']:.3f}" + _between(each.get("interval")),
            _count(each["count"]) or "",
            _count(each.get("sessions")) or "-",
        )
        for each in bins
    ]
    return "### Calibration\n\n" + _table(("predicted", "observed", "moments", "sessions"), rows)


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
    words = (
        f"By how much log loss ({told['log_loss']:.4f}) grows on {told['examples']:,} held-out examples where the "
        f"values of a feature go to others: the mean and the standard deviation of {told['repeats']} shuffles. What "
        "other features say as well counts little here. Of features that are not listed it is 0."
    )
    return f"### What it goes by\n\n{words}\n\n" + _table(("feature", "meaning", "log loss grows by"), rows)


def _grown(told: Row) -> str:
    return f"{told['increase']:.4f} ± {told['spread']:.4f}"


def _lift(metrics: Row) -> str:
    if not metrics.get("lift"):
        return ""
    rows = [(str(each["decile"]), f"{each['lift']:.2f}") for each in metrics["lift"]]
    return "### Lift by tenths, the highest scores first\n\n" + _table(("tenth", "times the average"), rows)


def _turned_out(realised: Row | None) -> str:
    title = "## How its scores turned out\n\n"
    if realised is None:
        return title + "No scores of this version have been kept whose sessions have ended in the last 28 days."
    rows = [(f"{realised['since']} and the 27 days after", *_figures(realised))]
    rows += [(day["day"], *_figures(day)) for day in realised["days"]]
    head = (
        "days (UTC)",
        "moments",
        "sessions",
        "base rate",
        "AUC",
        "log loss",
        "of the base rate",
        "calibration error",
    )
    return title + "Of a sample of sessions, as they were told at the time.\n\n" + _table(head, rows)


def _figures(of: Row) -> tuple[str, ...]:
    auc = "-" if of["auc"] is None else f"{of['auc']:.3f} ({of['auc_low']:.3f} to {of['auc_high']:.3f})"
    losses = (f"{of[name]:.4f}" for name in ("log_loss", "log_loss_baseline"))
    return (
        _count(of["moments"]) or "",
        _count(of["sessions"]) or "",
        f"{of['base_rate']:.3f}",
        auc,
        *losses,
        f"{of['ece']:.3f}",
    )


def _decided(version: Row) -> str:
    because = version["decided_because"] or "why was not kept with this version"
    lines = [f"## Why it is {_IN_USE[version['role']]}", ""]
    if version["role"] == "former":
        lines.append(f"When it was stored, it was said of it: {because}. Another version has taken its place since.")
    else:
        lines.append(f"{because[0].upper()}{because[1:]}.")
    if version["erased_since"]:
        lines.append(f"Somebody whom it may have learned from was erased on {_moment(version['erased_since'])}.")
    if compared := version["metrics"].get("compared"):
        low, high = compared["interval"]
        rows = [
            ("sessions that neither had seen", _count(compared["sessions"])),
            ("in which it came true", _count(compared["came_true"])),
            (f"log loss of version {compared['champion']}", f"{compared['log_loss_champion']:.4f}"),
            ("log loss of this version's fit to older sessions", f"{compared['log_loss_challenger']:.4f}"),
            ("log loss of the base rate", f"{compared['log_loss_baseline']:.4f}"),
            ("better by, with 95% confidence", f"{low:.4f} to {high:.4f}"),
        ]
        lines += ["", _table(("compared", ""), rows)]
    return "\n".join(lines)


def _limits(version: Row) -> str:
    lines = [
        "## Limits",
        "",
        "- It is judged on the newest sessions of when it was trained: what has changed since does not show there.",
    ]
    if (version["described"] or {}).get("asked") is None:
        lines.insert(2, "- Of a session that says of itself that it is a program there is no score.")
    if version["task"] == "conversion":
        lines.append("- Of a session that has converted already there is no score.")
    if version["trained_on"] in ("simulated", "mixed"):
        lines.append(f"- It has learned from sessions that are {version['trained_on']}: it says little of people.")
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Rows of which a value is missing are left out."""
    lines = [head, ["---"] * len(head), *(row for row in rows if None not in row)]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
