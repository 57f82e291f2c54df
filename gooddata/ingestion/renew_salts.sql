-- Which salts are there for days from $1 on? Forgets older ones, and makes those of days $2 from $3 where there is none.
WITH forgotten AS (
    DELETE FROM raw.daily_salt WHERE day < $1
), made AS (
    INSERT INTO raw.daily_salt (day, salt) SELECT * FROM unnest($2::date[], $3::bytea[]) ORDER BY 1
    ON CONFLICT DO NOTHING
    RETURNING day, salt
)
SELECT day, salt FROM raw.daily_salt WHERE day >= $1
UNION
SELECT day, salt FROM made
