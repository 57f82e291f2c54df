"""Segments by rule: filters of sessions and a number of days enter, visitors leave, by day or one by one.

`rules` keeps what analysts ask for. Who is in a segment is worked out of the columns of its days when it is asked
(`columns/segment`); `members` adds what is said of each and writes them as CSV or NDJSON.
"""
