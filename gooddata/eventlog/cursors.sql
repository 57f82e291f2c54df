-- How far are the workers, partition by partition, when was what they came to received, and who has it?
SELECT partition, seq, caught_up_at, owner FROM analytics.cursor ORDER BY partition
