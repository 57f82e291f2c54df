-- Tombstones for project $1, a column each: kinds, subjects, and from when to when.
INSERT INTO raw.tombstone (project_id, kind, subject, since, until)
SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
