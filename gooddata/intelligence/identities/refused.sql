-- Which ids of project $1 were refused because they name nobody, and how often?
SELECT field, value, events FROM analytics.identity_refused WHERE project_id = $1 ORDER BY events DESC, field, value
