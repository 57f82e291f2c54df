-- How many visitors took step after step, each within 24 hours of the first, from $2 to $3?
WITH step AS (
    SELECT visitor, timestamp,
           CASE WHEN type = 'page' AND path = $4 THEN 1 WHEN name = $5 THEN 2 WHEN name = $6 THEN 3 ELSE 4 END AS number
    FROM plain.event
    WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
      AND (type = 'page' AND path = $4 OR name IN ($5, $6, $7)) {filters}
), first AS (
    SELECT visitor, min(timestamp) AS at FROM step WHERE number = 1 GROUP BY visitor
), second AS (
    SELECT f.visitor, f.at AS began, min(s.timestamp) AS at
    FROM first f JOIN step s ON s.visitor = f.visitor AND s.number = 2
        AND s.timestamp >= f.at AND s.timestamp <= f.at + interval '24 hours'
    GROUP BY 1, 2
), third AS (
    SELECT f.visitor, f.began, min(s.timestamp) AS at
    FROM second f JOIN step s ON s.visitor = f.visitor AND s.number = 3
        AND s.timestamp >= f.at AND s.timestamp <= f.began + interval '24 hours'
    GROUP BY 1, 2
), fourth AS (
    SELECT f.visitor, f.began, min(s.timestamp) AS at
    FROM third f JOIN step s ON s.visitor = f.visitor AND s.number = 4
        AND s.timestamp >= f.at AND s.timestamp <= f.began + interval '24 hours'
    GROUP BY 1, 2
)
SELECT (SELECT count(*) FROM first), (SELECT count(*) FROM second), (SELECT count(*) FROM third),
       (SELECT count(*) FROM fourth)
