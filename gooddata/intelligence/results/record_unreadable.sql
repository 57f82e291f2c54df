-- Notes what could not be applied: of partitions $1 and batches $2, the events at places $3, for reasons $4.
INSERT INTO analytics.unreadable (partition, seq, place, reason)
SELECT * FROM unnest($1::text::smallint[], $2::text::bigint[], $3::text::integer[], $4::text::text[])
ON CONFLICT DO NOTHING
