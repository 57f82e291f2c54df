SELECT account_id AS account, email, role, projects, password_hash IS NOT NULL AS has_password, created_at
FROM control.account ORDER BY created_at, account_id
