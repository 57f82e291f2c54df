"""Backups: both databases as of one moment, and the files that they are worth little without.

Two databases enter, a folder leaves, and the other way round. Promised: what a backup holds of the log is never older
than what it holds of analytics, so that workers of a restored installation go on without a gap; a backup is whole, or
not there; and nothing that is there already is written over.
"""
