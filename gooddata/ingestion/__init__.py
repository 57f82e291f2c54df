"""Bytes in, receipt out: what a request holds is decoded, checked event by event, de-duplicated, and appended to the
event log together with the ledger; the sender is answered after the commit.

A request enters at `endpoint` (or `dialects`, for other products' SDKs), is opened by `request` and admitted by
`intake`; its events are judged by `judge`, packed by `arrival`, and wait in `flush` for the group commit, where
`identities` says which are new and `merge` makes a batch per partition of them. While the log is away, `spool` keeps
them on this machine's disk. A refused event never costs its neighbours, and is kept with its reason.
"""
