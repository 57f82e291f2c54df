"""The properties of events of one name: which there are, and how often each value of one.

Columns say where the events are, with filters of sessions applied; what analytics holds of these is read from the
table by its index of visitors, and counted here. Of many events a share of visitors is read, and the answer says so.
"""
