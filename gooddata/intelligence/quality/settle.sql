-- Of moments of sessions $2 of project $1, by task $3 and event $4: did it come true, $5? A null says that nobody can tell.
WITH settled AS (
    SELECT * FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::boolean[]) AS s (session_id, task, events, came_true)
), unknown AS (
    DELETE FROM analytics.scored_moment m USING settled s
    WHERE m.project_id = $1 AND m.session_id = s.session_id AND m.task = s.task AND m.events = s.events
      AND s.came_true IS NULL
)
UPDATE analytics.scored_moment m SET came_true = s.came_true
FROM settled s
WHERE m.project_id = $1 AND m.session_id = s.session_id AND m.task = s.task AND m.events = s.events
  AND s.came_true IS NOT NULL
