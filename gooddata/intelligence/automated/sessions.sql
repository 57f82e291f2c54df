-- Sessions of project $1 to look at, each with the starts of its visitor's sessions in the 24 hours before it. $2 of them:
-- of those that were active since $3, all that are new or have more events than when they were last looked at ($4), the
-- newest first; or a sample ($4 is false): ids are hashes, so that those with the least are drawn at random.
-- Earlier ones are between two times by their distance: of a table of which nothing is known yet, an index by time would seem
-- as good as the one by visitor, and a day of it be read for each session.
SELECT
    s.session_id, s.visitor, s.started_at, s.last_at, s.events, s.automated, s.simulated,
    ARRAY(
        SELECT e.started_at FROM analytics.session e
        WHERE e.project_id = $1 AND e.visitor = s.visitor AND e.started_at > $3 - interval '24 hours'
          AND s.started_at - e.started_at > interval '0' AND s.started_at - e.started_at < interval '24 hours'
        ORDER BY e.started_at DESC
        LIMIT 200
    ) AS earlier
FROM (
    SELECT s.*
    FROM analytics.session s
    LEFT JOIN analytics.automation a ON a.project_id = s.project_id AND a.session_id = s.session_id
    WHERE s.project_id = $1 AND s.last_at >= $3 AND (NOT $4 OR a.events IS DISTINCT FROM s.events)
    ORDER BY CASE WHEN $4 THEN s.last_at END DESC, s.session_id
    LIMIT $2
) s
ORDER BY s.started_at, s.session_id
