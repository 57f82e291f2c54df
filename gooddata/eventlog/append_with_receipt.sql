-- Append as in append.sql, and note that writer $23 has made this append, $24.
WITH noted AS (
    INSERT INTO raw.receipt (writer, receipt, received_at) VALUES ($23, $24, $1)
    ON CONFLICT (writer) DO UPDATE SET receipt = excluded.receipt, received_at = excluded.received_at
)
SELECT raw.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
