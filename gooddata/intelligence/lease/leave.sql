-- Worker $1 goes, and gives back all it holds.
WITH gone AS (
    DELETE FROM analytics.worker WHERE owner = $1
)
UPDATE analytics.cursor
SET owner = NULL, leased_until = NULL
WHERE owner = $1
