-- An insight of project $1, seen at $8: new, or seen again. It counts until $9.
INSERT INTO analytics.insight AS i (
    project_id, key, kind, sentence, numbers, for_whom, since, first_seen, last_seen, until, rank)
VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $8, $9, $10)
ON CONFLICT (project_id, key) DO UPDATE SET
    sentence = excluded.sentence,
    numbers = excluded.numbers,
    for_whom = excluded.for_whom,
    since = excluded.since,
    -- One that had expired is news again.
    first_seen = CASE WHEN i.until < excluded.last_seen THEN excluded.first_seen ELSE i.first_seen END,
    last_seen = excluded.last_seen,
    until = excluded.until,
    rank = excluded.rank
