-- Keeps rule $1 of project $2: a new one, or, where $9, in the place of the one that is there. Which is it, if it is kept?
WITH changed AS (
    UPDATE control.alert_rule
    SET name = $3, condition = $4, looks = $5, quiet_minutes = $6, destinations = $7, enabled = $8
    WHERE $9 AND rule_id = $1 AND project_id = $2
    RETURNING rule_id
), added AS (
    INSERT INTO control.alert_rule
        (rule_id, project_id, name, condition, looks, quiet_minutes, destinations, enabled)
    SELECT $1::uuid, $2::text, $3::text, $4::json, $5::int, $6::int, $7::uuid[], $8::boolean
    WHERE NOT $9::boolean
    RETURNING rule_id
)
SELECT rule_id FROM changed UNION ALL SELECT rule_id FROM added
