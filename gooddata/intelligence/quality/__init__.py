"""Sessions that have ended go in; what became of what was said of them comes out: how good scores turned out to be, and
whether sessions are still like those that the model in use has learned from.

Nothing here is judged by what a model has learned from.
"""
