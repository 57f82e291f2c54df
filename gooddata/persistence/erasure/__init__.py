"""Takes a person out of the raw database, and keeps them out: tombstones, the log's batches, rejected events.

People are known by their keyed hashes alone (see gooddata/persistence/pseudonym.py), so that what remains of an erasure
points to nobody.
"""
