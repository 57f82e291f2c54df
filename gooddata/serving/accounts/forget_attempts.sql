-- What is over. Rows that another attempt holds are left to a later one.
DELETE FROM control.sign_in_attempt WHERE subject IN (
    SELECT subject FROM control.sign_in_attempt WHERE until <= now() ORDER BY subject LIMIT 100 FOR UPDATE SKIP LOCKED
)
