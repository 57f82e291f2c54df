-- Where does each partition stand? Until the end of the transaction no worker moves on; and what one had read before
-- counts for nothing then.
UPDATE analytics.cursor c SET epoch = c.epoch + 1
FROM (SELECT partition FROM analytics.cursor ORDER BY partition FOR NO KEY UPDATE) held
WHERE c.partition = held.partition
RETURNING c.partition, c.seq
