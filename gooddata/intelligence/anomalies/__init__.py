"""Anomalies in series of numbers, as they come: a streaming detector, and its run over the counts of every project."""

from gooddata.intelligence.anomalies.detector import Detector

__all__ = ["Detector"]
