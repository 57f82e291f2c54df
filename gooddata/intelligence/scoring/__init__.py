"""Sessions go in; scores come out: a probability, or the reason why there is none.

All sessions of a project that changed in a round are scored at once, by the newest model of each task. A task is scored
here and trained in `training/` by the same class and the same features.
"""
