"""Facts go in; sessions, their features and what they change in the counts per minute come out.

Everything here is pure: the same facts give the same sessions in whatever order and batching they arrive, and equal to
a plain recount of all facts sorted by time. Reading and writing is done by `results/`.
"""
