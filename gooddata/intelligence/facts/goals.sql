-- Which events are goals, in each project there is?
SELECT p.project_id, coalesce(array_agg(g.event_name) FILTER (WHERE g.event_name IS NOT NULL), '{}') AS goals
FROM control.project p
LEFT JOIN control.goal g USING (project_id)
GROUP BY p.project_id
