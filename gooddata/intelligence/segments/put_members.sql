-- Visitors $2 of project $1 are in segments $3, as far as they still have sessions.
INSERT INTO analytics.segment_member AS m (project_id, visitor, segment_id)
SELECT $1, put.visitor, put.segment_id
FROM unnest($2::text::uuid[], $3::text::integer[]) AS put (visitor, segment_id)
WHERE EXISTS (SELECT FROM analytics.session s WHERE s.project_id = $1 AND s.visitor = put.visitor)
ON CONFLICT (project_id, visitor) DO UPDATE SET segment_id = excluded.segment_id
WHERE m.segment_id <> excluded.segment_id
