-- The account of a signed-in browser ($1), and whether it may set a password without knowing the one there is: where
-- there is none, and where a one-time link let it in a moment ago, when its sign-in had more than $2 to go.
SELECT account_id, email, role, projects, password_hash IS NOT NULL AS has_password,
       password_hash IS NULL OR (by_link AND expires_at > now() + $2) AS sets_password
FROM control.sign_in JOIN control.account USING (account_id)
WHERE token_hash = $1 AND kind = 'browser' AND expires_at > now()
