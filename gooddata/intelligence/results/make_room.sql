-- Makes the windows for what happened from $1 to $2 (epoch ms).
SELECT analytics.make_room(to_timestamp($1::double precision / 1000), to_timestamp($2::double precision / 1000))
