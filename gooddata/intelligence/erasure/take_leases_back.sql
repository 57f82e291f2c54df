-- Takes every lease back: what a worker has read and not yet written is read again, without what was erased.
UPDATE analytics.cursor c SET epoch = c.epoch + 1
FROM (SELECT partition FROM analytics.cursor ORDER BY partition FOR NO KEY UPDATE) held
WHERE c.partition = held.partition
