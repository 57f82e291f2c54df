"""The seam between the stages: a partitioned log of batches.

Ingestion appends under a partition's turn; workers read a partition from a cursor, in order and without ever skipping a
batch whose transaction commits late. What has been appended and acknowledged is durable.
"""
