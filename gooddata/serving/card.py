"""A model card (Mitchell et al., Model Cards for Model Reporting, 2019) as Markdown, from what is stored of a version
and from nothing else."""

from collections.abc import Mapping
from typing import Any

from gooddata.serving.card_figures import figures
from gooddata.serving.card_words import count, moment, table

Row = Mapping[str, Any]

# Of these a sample of scores is kept, and what came of the sessions.
_SCORED = frozenset({"conversion", "leave_30s", "leave_page"})

_IN_USE = {"champion": "in use", "challenger": "not in use", "former": "no longer in use"}


def card(version: Row, realised: Row | None) -> str:
    """Of a row of analytics.model, its JSON decoded, and of what its scores turned out to be worth."""
    parts = [
        _head(version),
        _learned(version),
        _features(version),
        *figures(version["metrics"]),
        _turned_out(realised) if version["task"] in _SCORED else "",
        _decided(version),
    ]
    return "\n\n".join(part for part in (*parts, _limits(version)) if part) + "\n"


def _head(version: Row) -> str:
    described = version["described"] or {}
    lines = [f"# {version['task']}, version {version['version']} ({_IN_USE[version['role']]})", ""]
    if asks := described.get("asks"):
        gives = described.get("gives", "a probability")
        lines.append(f"{described.get('asked', 'After every event of a session')}, {gives}: {asks}")
    if version["status"] == "abstaining":
        lines += ["", f"**It gives no scores:** {version['reason']}."]
    return "\n".join(lines).rstrip()


def _learned(version: Row) -> str:
    metrics = version["metrics"]
    rows = [("project", version["project_id"]), ("trained", moment(version["trained_at"]))]
    rows += [("on sessions that are", version["trained_on"]), ("estimator", metrics.get("estimator"))]
    rows += [("sessions", count(metrics.get("sessions"))), ("of them converted", count(metrics.get("conversions")))]
    rows += [("learned from for judging, the oldest", _of(metrics, "train"))]
    rows += [("calibrated on, newer", count(metrics.get("sessions_calibrate")))]
    rows += [("held out, the newest", _of(metrics, "test")), ("held out from", metrics.get("split_at"))]
    rows += [("learned from for use", count(metrics.get("sessions_refit")))]
    if version["learned_from"] and version["learned_until"]:
        rows.append(("of the time", f"{moment(version['learned_from'])} to {moment(version['learned_until'])}"))
    return "## Learned from\n\n" + table(("what", ""), rows)


def _of(metrics: Row, part: str) -> str | None:
    sessions, positives = metrics.get(f"sessions_{part}"), metrics.get(f"positives_{part}")
    if sessions is None or positives is None:
        return count(sessions)
    return f"{sessions:,} sessions, in {positives:,} of which it came true after a moment that was looked at"


def _features(version: Row) -> str:
    if not version["features"]:
        return ""
    described = (version["described"] or {}).get("features")
    if not described:
        names = ", ".join(f"`{name}`" for name in version["features"])
        return f"## Features\n\n{names}\n\nWhat they mean was not kept with this version."
    rows = [(f"`{each['name']}`", each["unit"], each["meaning"], each["source"]) for each in described]
    return f"## Features ({len(rows)})\n\n" + table(("feature", "unit", "meaning", "from"), rows)


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
    return title + "Of a sample of sessions, as they were told at the time.\n\n" + table(head, rows)


def _figures(of: Row) -> tuple[str, ...]:
    auc = "-" if of["auc"] is None else f"{of['auc']:.3f} ({of['auc_low']:.3f} to {of['auc_high']:.3f})"
    losses = (f"{of[name]:.4f}" for name in ("log_loss", "log_loss_baseline"))
    return (
        count(of["moments"]) or "",
        count(of["sessions"]) or "",
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
        lines.append(f"Somebody whom it may have learned from was erased on {moment(version['erased_since'])}.")
    if compared := version["metrics"].get("compared"):
        lines += ["", table(("compared", ""), _compared(compared))]
    return "\n".join(lines)


def _compared(compared: Row) -> list[tuple[str, str | None]]:
    low, high = compared["interval"]
    of, number = compared.get("of", "sessions"), compared["champion"]
    better = ("better by, with 95% confidence", f"{low:.4f} to {high:.4f}")
    if measure := compared.get("measure"):
        agreement = compared.get("agreement")
        return [
            (f"{of} that this version's fit for comparing had not seen", count(compared["sessions"])),
            (f"{measure} of version {number}", f"{compared['figure_champion']:.4f}"),
            (f"{measure} of this version's fit for comparing", f"{compared['figure_challenger']:.4f}"),
            better,
            (
                "how alike both divide everybody (adjusted Rand index)",
                None if agreement is None else f"{agreement:.3f}",
            ),
        ]
    return [
        (f"{of} that neither had seen", count(compared["sessions"])),
        ("in which it came true", count(compared.get("came_true"))),
        (f"log loss of version {number}", f"{compared['log_loss_champion']:.4f}"),
        ("log loss of this version's fit to older sessions", f"{compared['log_loss_challenger']:.4f}"),
        ("log loss of the base rate", f"{compared['log_loss_baseline']:.4f}"),
        better,
    ]


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
