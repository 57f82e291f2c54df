-- Is append $2 the newest without a batch that writer $1 has made?
SELECT EXISTS (SELECT FROM raw.receipt WHERE writer = $1 AND receipt = $2)
