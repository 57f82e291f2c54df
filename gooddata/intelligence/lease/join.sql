-- Worker number $1, called $2, is here.
INSERT INTO analytics.worker (number, owner) VALUES ($1, $2)
ON CONFLICT (number) DO UPDATE SET seen_at = now()
