"""Stored sessions go in; a model comes out, with how good it was on newer sessions that it had not seen.

The facts of finished sessions are replayed through the same code that scores live ones (`sessions/`). A model that has
not earned an opinion is stored as abstaining, with the reason.
"""

from gooddata.intelligence.training.report import Report, in_words
from gooddata.intelligence.training.train import train_all
from gooddata.intelligence.training.watch import keep_trained

__all__ = ["Report", "in_words", "keep_trained", "train_all"]
