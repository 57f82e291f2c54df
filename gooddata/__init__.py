"""GoodData: behavioural events in, predictions back in the visitor's browser within a second."""

__version__ = "0.1.0"
