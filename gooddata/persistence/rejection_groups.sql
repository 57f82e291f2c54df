-- For which reasons and fields are kept events of project $1 refused still, how many, and since when?
SELECT reason, field, count(*)::bigint AS events, min(received_at) AS first_at, max(received_at) AS last_at
FROM raw.rejection
WHERE project_id = $1 AND replayed_at IS NULL
GROUP BY reason, field
ORDER BY events DESC, reason, field
