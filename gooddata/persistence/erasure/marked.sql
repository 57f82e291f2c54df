-- Which batches of partition $1 may hold a visitor marked $2?
SELECT partition, seq FROM raw.batch WHERE partition = $1 AND visitors @> ARRAY[$2::integer] ORDER BY seq
