"""What came of a training."""

from typing import Any

import msgspec


class Report(msgspec.Struct, frozen=True):
    """A version of a project's model, as analytics.model has it; `reason` says why it abstains,
    `because` why it is in use, or is not."""

    project: str
    task: str
    version: int
    status: str
    reason: str | None
    trained_on: str
    features: list[str]
    metrics: dict[str, Any]
    in_use: bool = True
    because: str | None = None


def in_words(report: Report) -> str:
    """One line for people."""
    decided = f"; {'in use' if report.in_use else 'not used'}: {report.because}" if report.because else ""
    return _figures(report) + decided


def _figures(report: Report) -> str:
    head = f"{report.project}: {report.task}, version {report.version}"
    if report.status == "abstaining":
        return f"{head}: abstains: {report.reason}"
    m = report.metrics
    if report.task == "intent":
        of_class = "; ".join(
            f"{name} AUC {figures['auc']:.3f}, calibration error {figures['ece']:.3f}"
            for name, figures in m["classes"].items()
        )
        return (
            f"{head}: on {m['examples_test']:,} newer moments log loss {m['log_loss']:.4f} "
            f"(base rates alone {m['log_loss_baseline']:.4f}); {of_class}"
        )
    low, high = m["auc_interval"]
    return (
        f"{head}: {m['estimator']} on {m['sessions_train']:,} {report.trained_on} sessions; "
        f"on {m['sessions_test']:,} newer ones AUC {m['auc']:.3f} ({low:.3f} to {high:.3f}), "
        f"log loss {m['log_loss']:.4f} (base rate alone {m['log_loss_baseline']:.4f}), "
        f"calibration error {m['ece']:.3f}"
    )
