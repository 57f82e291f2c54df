-- Which items were shown to visitors of project $1 from $2 to $3, by intervention $4 (null: by any), and what came of it in
-- the same session? A click counts for the item that it names. An order counts for the item that it names, with its
-- revenue; one that names none for what had been put into the cart, and not taken out again, each with its value. What
-- was put there before it was shown does not count. Sorted by $5, $6 items from $7 on; `items` says how many there are.
WITH exposure AS (
    SELECT session_id, visitor, properties ->> 'item' AS item, count(*) AS shown, min(timestamp) AS since
    FROM analytics.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
      AND name IN ('$exposure', '$exposure_click', '$exposure_dismiss') AND name = '$exposure'
      AND properties ->> 'variant' = 'shown' AND properties ->> 'item' IS NOT NULL
      AND properties ->> 'intervention' = coalesce($4::text, properties ->> 'intervention')
      AND NOT automated
    GROUP BY session_id, visitor, properties ->> 'item'
), visit AS (
    SELECT session_id, visitor, min(since) AS since FROM exposure GROUP BY session_id, visitor
), later AS (
    SELECT v.session_id, v.visitor, e.*,
           row_number() OVER (PARTITION BY v.session_id ORDER BY e.timestamp, e.event_id) AS place
    FROM visit v
    CROSS JOIN LATERAL (
        SELECT timestamp, event_id, name, product, value, revenue,
               CASE WHEN properties ->> 'intervention' = coalesce($4::text, properties ->> 'intervention')
                    THEN properties ->> 'item' END AS item
        FROM analytics.event
        WHERE project_id = $1 AND visitor = v.visitor AND session_id = v.session_id
          AND timestamp BETWEEN v.since AND v.since + interval '24 hours'
          AND (goal OR name IN ('$exposure_click', '$exposure_dismiss', 'Order Completed', 'Product Added', 'Product Removed'))
          AND name IN ('$exposure_click', 'Order Completed', 'Product Added', 'Product Removed')
    ) e
), ahead AS (
    SELECT *,
           min(place) FILTER (WHERE name = 'Order Completed' AND product IS NULL) OVER of_session AS order_place,
           min(place) FILTER (WHERE name = 'Product Removed') OVER of_product AS removed_place
    FROM later
    WINDOW of_session AS (PARTITION BY session_id ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
           of_product AS (PARTITION BY session_id, product ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
), happened AS (
    SELECT session_id, visitor, item, shown, since, NULL::timestamptz AS clicked_at, NULL::timestamptz AS chosen_at,
           NULL::bigint AS order_place, NULL::double precision AS amount
    FROM exposure
    UNION ALL
    SELECT session_id, visitor, item, NULL, NULL, timestamp, NULL, NULL, NULL
    FROM ahead
    WHERE name = '$exposure_click' AND item IS NOT NULL
    UNION ALL
    SELECT session_id, visitor, product, NULL, NULL, NULL, timestamp, order_place, value
    FROM ahead
    WHERE name = 'Product Added' AND product IS NOT NULL AND order_place < coalesce(removed_place, order_place + 1)
    UNION ALL
    SELECT session_id, visitor, product, NULL, NULL, NULL, timestamp, place, coalesce(revenue, value)
    FROM ahead
    WHERE name = 'Order Completed' AND product IS NOT NULL
), after_shown AS (
    SELECT *, min(since) OVER (PARTITION BY session_id, item) AS shown_at FROM happened
), after_click AS (
    SELECT *, min(clicked_at) FILTER (WHERE clicked_at >= shown_at) OVER (PARTITION BY session_id, item) AS first_click
    FROM after_shown
), counted AS (
    SELECT item,
           sum(shown)::bigint AS shown,
           count(DISTINCT visitor) FILTER (WHERE shown IS NOT NULL) AS visitors,
           count(DISTINCT visitor) FILTER (WHERE clicked_at >= shown_at) AS clicked,
           count(DISTINCT visitor) FILTER (WHERE chosen_at >= shown_at) AS bought,
           count(DISTINCT (session_id, order_place)) FILTER (WHERE chosen_at >= shown_at) AS orders,
           coalesce(sum(amount) FILTER (WHERE chosen_at >= shown_at), 0) AS revenue,
           count(DISTINCT visitor) FILTER (WHERE chosen_at >= first_click) AS bought_after_click,
           count(DISTINCT (session_id, order_place)) FILTER (WHERE chosen_at >= first_click) AS orders_after_click,
           coalesce(sum(amount) FILTER (WHERE chosen_at >= first_click), 0) AS revenue_after_click
    FROM after_click
    GROUP BY item
    HAVING sum(shown) > 0
)
SELECT *, count(*) OVER () AS items
FROM counted
ORDER BY CASE $5::text
             WHEN 'shown' THEN shown
             WHEN 'visitors' THEN visitors
             WHEN 'clicked' THEN clicked
             WHEN 'click_rate' THEN clicked::double precision / visitors
             WHEN 'bought' THEN bought
             WHEN 'revenue' THEN revenue
             WHEN 'revenue_after_click' THEN revenue_after_click
         END DESC, shown DESC, item
LIMIT $6 OFFSET $7
