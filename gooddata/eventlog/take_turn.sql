-- Where do partitions $1 stand? Taking their rows, in order, is taking the turn to append to them.
SELECT partition, head FROM raw.partition WHERE partition = ANY ($1) ORDER BY partition FOR NO KEY UPDATE
