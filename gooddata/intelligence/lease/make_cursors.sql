-- Gives each of the log's $1 partitions a cursor, where it has none.
INSERT INTO analytics.cursor (partition)
SELECT n FROM generate_series(0, $1::integer - 1) n
ON CONFLICT DO NOTHING
