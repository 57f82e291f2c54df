-- What is recommended in project $1: of items $2 (of everything where ''), at places $3, items $4 with weights $5.
INSERT INTO analytics.recommendation (project_id, item, place, recommended, weight)
SELECT $1, put.item, put.place, put.recommended, put.weight
FROM unnest($2::text::text[], $3::text::smallint[], $4::text::text[], $5::text::real[])
    AS put (item, place, recommended, weight)
