-- Keeps segment $1 of project $2 for account $6: a new one, or, where $7, in the place of the one that is there. Which is
-- it, if it is kept?
WITH changed AS (
    UPDATE control.segment_rule
    SET name = $3, filters = $4, days = $5, changed_at = now(), changed_by = $6
    WHERE $7 AND segment_id = $1 AND project_id = $2
    RETURNING segment_id
), added AS (
    INSERT INTO control.segment_rule (segment_id, project_id, name, filters, days, made_by)
    SELECT $1::uuid, $2::text, $3::text, $4::text[], $5::int, $6::uuid
    WHERE NOT $7::boolean
    RETURNING segment_id
)
SELECT segment_id FROM changed UNION ALL SELECT segment_id FROM added
