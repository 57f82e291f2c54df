-- How many visitors of project $1 were shown each intervention from $2 to $3, or would have been, and what came of it? A
-- visitor counts once, at the first exposure of that time, unless the session had converted before. What counts is a goal
-- event, a click, a dismissal within $4, or, where that is null, later in the same session. Of the $5 interventions with
-- most visitors; `interventions` says how many there are.
WITH exposure AS (
    SELECT DISTINCT ON (properties ->> 'intervention', visitor)
        properties ->> 'intervention' AS intervention, properties ->> 'variant' AS variant, visitor, session_id, timestamp
    FROM analytics.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
      AND name IN ('$exposure', '$exposure_click', '$exposure_dismiss') AND name = '$exposure'
      AND properties ->> 'intervention' IS NOT NULL AND properties ->> 'variant' IN ('shown', 'holdout')
      AND NOT automated
    ORDER BY properties ->> 'intervention', visitor, timestamp, event_id
), outcome AS (
    SELECT x.*, found.*
    FROM exposure x
    CROSS JOIN LATERAL (
        SELECT
            coalesce(bool_or(e.goal AND e.timestamp <= x.timestamp AND e.session_id = x.session_id), false) AS before,
            coalesce(bool_or(e.goal AND e.timestamp > x.timestamp), false) AS converted,
            coalesce(bool_or(e.name = '$exposure_click' AND e.properties ->> 'intervention' = x.intervention
                AND e.timestamp >= x.timestamp), false) AS clicked,
            coalesce(bool_or(e.name = '$exposure_dismiss' AND e.properties ->> 'intervention' = x.intervention
                AND e.timestamp >= x.timestamp), false) AS dismissed
        FROM analytics.event e
        WHERE e.project_id = $1 AND e.visitor = x.visitor
          AND e.timestamp BETWEEN x.timestamp - interval '24 hours' AND x.timestamp + coalesce($4::interval, interval '24 hours')
          AND (e.session_id = x.session_id OR $4::interval IS NOT NULL)
          AND (e.goal OR e.name IN ('$exposure_click', '$exposure_dismiss', 'Order Completed', 'Product Added', 'Product Removed'))
    ) found
), counted AS (
    SELECT intervention, variant, count(*) AS visitors, count(*) FILTER (WHERE converted) AS converted,
           count(*) FILTER (WHERE clicked) AS clicked, count(*) FILTER (WHERE dismissed) AS dismissed,
           sum(count(*)) OVER (PARTITION BY intervention) AS exposed
    FROM outcome
    WHERE NOT before
    GROUP BY intervention, variant
), ranked AS (
    SELECT *, dense_rank() OVER (ORDER BY exposed DESC, intervention) AS place FROM counted
)
SELECT intervention, variant, visitors, converted, clicked, dismissed, (SELECT max(place) FROM ranked) AS interventions
FROM ranked
WHERE place <= $5
ORDER BY place, variant
