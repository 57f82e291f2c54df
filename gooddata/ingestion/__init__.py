"""Bytes in, receipt out: what a request holds is decoded, checked event by event, de-duplicated under its partition's
turn, and appended to the event log; the sender is answered after the commit.

A request enters at `endpoint`, is opened by `request`, let through by `rate`, and told more of by `origin`; its events
are judged by `check`, and by the `rules` of their project if it has any; they wait in `flush` for the group commit,
where `identities` says which are new. A refused event never costs its neighbours, and is kept with its reason.
"""
