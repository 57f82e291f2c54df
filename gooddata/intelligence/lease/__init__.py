"""Who works on which partitions of the log: each live worker holds its fair share of leases.

A lease lasts while its worker is connected and renews it; each new lease raises the partition's epoch, which every
write of results checks. So a worker that is killed is replaced at once, and one that was paused cannot write.
"""
