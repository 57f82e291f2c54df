-- Forgets the workers that were not seen for an hour, having been killed.
DELETE FROM analytics.worker WHERE seen_at < now() - interval '1 hour'
