-- Append batches to partitions that still stand at the positions $3; see raw.append for what each argument is.
SELECT raw.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
