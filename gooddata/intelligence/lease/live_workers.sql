-- Which workers are alive: connected, and seen within the last $2? (Their advisory locks have class $1.)
SELECT w.number
FROM analytics.worker w
JOIN pg_locks l ON l.objid::bigint = w.number
WHERE l.locktype = 'advisory' AND l.classid = $1::integer AND l.objsubid = 2 AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND w.seen_at > now() - $2::interval
ORDER BY w.number
