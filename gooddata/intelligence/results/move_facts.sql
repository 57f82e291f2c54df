-- Makes the stored facts of visitor $2 of project $1, from time $3 to time $4 (epoch ms), part of session $5. Of one session
-- at a time: see gooddata/persistence/in_columns.py.
UPDATE analytics.event
SET session_id = $5
WHERE project_id = $1 AND visitor = $2
  AND timestamp BETWEEN to_timestamp($3::double precision / 1000) AND to_timestamp($4::double precision / 1000)
  AND session_id <> $5
