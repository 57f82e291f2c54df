"""Blocks: the events of an hour by columns, small enough to be kept in memory by the month, so that questions that no
rollup has an answer to (filters that combine, funnels, retention, paths) are answered by arithmetic on arrays.

Workers write them, serving reads them; of hours that are not written yet, serving makes them itself by the same code.
"""
