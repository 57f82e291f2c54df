-- Which segments have the visitors of project $1, how many members has each, and what sets it apart?
SELECT s.segment_id AS segment, s.name, s.description, s.features, (extract(epoch FROM s.since) * 1000)::bigint AS since,
       (SELECT count(*) FROM analytics.segment_member m
        WHERE m.project_id = s.project_id AND m.segment_id = s.segment_id) AS members
FROM analytics.segment s
WHERE s.project_id = $1
ORDER BY members DESC, s.segment_id
