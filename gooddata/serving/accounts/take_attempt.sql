-- One more attempt of a subject ($1), counted for a span ($2) from the first one on.
INSERT INTO control.sign_in_attempt AS a (subject, attempts, until)
VALUES ($1, 1, now() + $2)
ON CONFLICT (subject) DO UPDATE SET
    attempts = CASE WHEN a.until <= now() THEN 1 ELSE least(a.attempts + 1, 1000000) END,
    until = CASE WHEN a.until <= now() THEN now() + $2 ELSE a.until END
RETURNING attempts, ceil(extract(epoch FROM until - now()))::integer AS seconds
