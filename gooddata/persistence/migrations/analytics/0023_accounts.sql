-- Who signs in to the dashboard, and what each may do. E-mail addresses here are those of the customer's own staff.

CREATE TABLE control.account (
    account_id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,                 -- in lower case
    role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'owner')),
    projects text[],                            -- null: all of them, also those to come
    password_hash text,                         -- argon2id; null until the account has set one
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (role <> 'owner' OR projects IS NULL)
);

-- Whoever is signed in now is no account: a new link makes them one.
DELETE FROM control.sign_in;
ALTER TABLE control.sign_in
    ADD COLUMN account_id uuid NOT NULL REFERENCES control.account ON DELETE CASCADE,
    ADD COLUMN by_link boolean NOT NULL DEFAULT false;  -- a browser that a one-time link has let in
CREATE INDEX sign_in_account ON control.sign_in (account_id);

-- Attempts to sign in, by keyed hash of an e-mail address as typed or of a network address; gone once they are over.
CREATE TABLE control.sign_in_attempt (
    subject uuid PRIMARY KEY,
    attempts integer NOT NULL,
    until timestamptz NOT NULL                  -- counted from one again after that
);

-- A read key may be for some kinds of questions alone.
ALTER TABLE control.key
    ADD COLUMN key_id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN name text NOT NULL DEFAULT '',
    ADD COLUMN kinds text[],                    -- null: all
    ADD CHECK (kinds IS NULL OR scope = 'read');

GRANT SELECT, INSERT, UPDATE, DELETE ON control.account, control.sign_in_attempt TO gooddata_dashboard;
