"""Batches go in; sessions, counts per minute and scores come out, and models are trained on them.

A worker (`worker.py`) leases partitions of the event log (`lease/`), turns batches into facts (`facts/`), facts into
sessions and their features (`sessions/`) and links of who is who (`identities/`), scores the sessions (`scoring/`), and
commits what came of them together with its position (`results/`): every event counts exactly once, whatever is killed
when. `training/` makes the models.
"""
