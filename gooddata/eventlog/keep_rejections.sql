-- Keeps events that were refused, with the reason; see raw.keep_rejections for what each argument is.
SELECT raw.keep_rejections($1, $2, $3, $4, $5, $6, $7, $8)
