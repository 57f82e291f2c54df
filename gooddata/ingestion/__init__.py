"""Bytes in, receipt out: what a request holds is decoded, checked event by event, de-duplicated under its partition's
turn, and appended to the event log; the sender is answered after the commit.

A request enters at `endpoint`, is opened by `request`, its events are judged by `check`, wait in `flush` for the group
commit, where `identities` says which are new. A refused event never costs its neighbours, and is kept with its reason.
"""
