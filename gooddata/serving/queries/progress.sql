-- How far have the workers come in all?
SELECT coalesce(sum(seq), 0)::bigint FROM analytics.cursor
