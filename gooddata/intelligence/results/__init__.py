"""Facts go in; rows of analytics come out, in one transaction with the position up to which the log has been read.

That transaction first moves the cursors, by a compare-and-set on position and lease epoch, so that of two workers that
believe to hold a partition one cannot write. Whatever is killed at whatever moment, every event counts exactly once.
"""
