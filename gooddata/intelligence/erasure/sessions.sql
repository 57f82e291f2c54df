-- Which sessions of visitors $2 of project $1 began between times $3 and $4 (epoch ms; a column each)?
SELECT DISTINCT s.session_id, s.visitor, s.started_at, s.last_at
FROM unnest($2::uuid[], $3::double precision[], $4::double precision[]) AS v (visitor, since, until)
JOIN analytics.session s ON s.project_id = $1 AND s.visitor = v.visitor
    AND s.started_at BETWEEN to_timestamp(v.since / 1000) AND to_timestamp(v.until / 1000)
