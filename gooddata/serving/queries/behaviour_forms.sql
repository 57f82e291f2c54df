-- Which forms of project $1 were begun, sent and given up from $2 to $3, and at which fields were they left? The $4 begun
-- most often, of sessions `of` of which [passing] holds; `forms` says how many there are. `left_at` has three fields at most.
WITH told AS MATERIALIZED (
    -- What is unknown gets a value that no page and no element has, so that it can be joined.
    SELECT name, coalesce(path, '') AS page, coalesce(properties ->> 'form', '?') AS form, properties ->> 'field' AS field,
           session_id, timestamp
    FROM analytics.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
      AND name IN ('$form_start', '$form_submit', '$form_abandon')
), passing AS MATERIALIZED (
    SELECT session_id
    FROM (SELECT session_id, min(timestamp) AS at FROM told GROUP BY session_id) AS of
    WHERE [passing]
), kept AS MATERIALIZED (
    SELECT * FROM told WHERE session_id IN (SELECT session_id FROM passing)
), form AS MATERIALIZED (
    SELECT page, form,
           count(*) FILTER (WHERE name = '$form_start') AS started,
           count(*) FILTER (WHERE name = '$form_submit') AS submitted,
           count(*) FILTER (WHERE name = '$form_abandon') AS abandoned,
           count(DISTINCT session_id) AS sessions, count(*) OVER () AS forms
    FROM kept
    GROUP BY page, form
    ORDER BY started DESC, submitted DESC, page, form
    LIMIT $4
), field AS (
    SELECT page, form, field, count(*) AS times,
           row_number() OVER (PARTITION BY page, form ORDER BY count(*) DESC, field) AS place
    FROM kept JOIN form USING (page, form)
    WHERE name = '$form_abandon' AND field IS NOT NULL
    GROUP BY page, form, field
), left_at AS (
    SELECT page, form, json_agg(json_build_object('field', field, 'times', times) ORDER BY place) AS left_at
    FROM field
    WHERE place <= 3
    GROUP BY page, form
)
SELECT nullif(page, '') AS page, nullif(form, '?') AS form, started, submitted, abandoned, sessions, left_at, forms
FROM form LEFT JOIN left_at USING (page, form)
ORDER BY started DESC, submitted DESC, page, form
