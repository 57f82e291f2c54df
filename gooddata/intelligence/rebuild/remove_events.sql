-- Takes away the events from time $2 on, and those of sessions that went on at that time or later; of project $1, or of
-- all. None of these sessions has begun before $3: what is older is not looked at. It comes before remove_since.sql, and
-- is all that changes events in one statement: what a first change turns from columns back into rows, a second does not
-- see.
DELETE FROM analytics.event e
WHERE timestamp >= $3 AND ($1::text IS NULL OR project_id = $1)
  AND (timestamp >= $2 OR EXISTS (
      SELECT FROM analytics.session s
      WHERE s.project_id = e.project_id AND s.visitor = e.visitor AND s.session_id = e.session_id AND s.last_at >= $2
  ))
