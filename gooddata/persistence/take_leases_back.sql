-- Takes every lease back: from the commit on, no worker writes what it had read before; it reads that again, without what
-- is gone.
UPDATE analytics.cursor c SET epoch = c.epoch + 1
FROM (SELECT partition FROM analytics.cursor ORDER BY partition FOR NO KEY UPDATE) held
WHERE c.partition = held.partition
