"""Blocks go in; answers to questions that filter and combine come out: arithmetic on columns that are kept in memory.

`shelf` keeps the days of a project, each a `day.Day`; `filters` are what a question asks of sessions, `choose` finds
the visits that pass them; `totals`, `steps`, `values`, `funnel`, `retention` and `paths` answer.
"""
