-- Up to which sequence number is stream $1 in the raw database?
SELECT archived FROM raw.stream WHERE epoch = $1
