"""Analytics once more from the log: what a range holds is taken away and counted anew, as if it had just come in."""

from gooddata.intelligence.rebuild.rebuild import Rebuilt, rebuild

__all__ = ["Rebuilt", "rebuild"]
