"""What people and pages read: the query API, live streams, feedback to browsers, the dashboard and the demo shop.

Everything comes from the analytics database, read by a role that cannot see raw; the ledger alone comes from raw,
through a role that sees counts and positions. Answers are JSON; what changes by itself is pushed as server-sent events.
"""
