-- What owners configure: projects, their keys and their goals.

CREATE SCHEMA control;

CREATE TABLE control.project (
    project_id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    simulated boolean NOT NULL DEFAULT false,   -- made for the demo: its traffic is mostly simulated shoppers
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE control.key (
    key_hash bytea PRIMARY KEY,                 -- SHA-256 of the key; the key itself is shown once, when it is made
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    scope text NOT NULL CHECK (scope IN ('write', 'read')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);

-- An event that counts as a conversion of the session it happens in.
CREATE TABLE control.goal (
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    event_name text NOT NULL,
    PRIMARY KEY (project_id, event_name)
);

-- One-time links and the signed-in browsers they turned into; only hashes of the secrets are here.
CREATE TABLE control.sign_in (
    token_hash bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('link', 'browser')),
    expires_at timestamptz NOT NULL
);
