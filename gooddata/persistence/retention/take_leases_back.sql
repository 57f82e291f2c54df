-- From the commit on, no worker writes what it had read before; each takes its partitions up anew.
UPDATE analytics.cursor SET epoch = epoch + 1
