"""The event log on NATS JetStream: a stream, a subject for each partition, a message a batch.

What takes the place of a turn is the sequence number that a publisher expects its subject to stand at. What else an
append makes durable (the ledger, what was refused, tombstones) travels with its batches and reaches the raw database
with them, by the archive.
"""
