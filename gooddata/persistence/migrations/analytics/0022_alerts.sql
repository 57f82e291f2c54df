-- Alerts: what is to be noticed, whom to tell, what holds now, and what was said. Nothing here is of a visitor; the
-- signing keys of webhooks are derived from GOODDATA_SECRET and are in no table.

CREATE TABLE control.alert_destination (
    destination_id uuid PRIMARY KEY,
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('webhook', 'email')),
    target text NOT NULL,                       -- a URL or an e-mail address
    key_number integer NOT NULL DEFAULT 1,      -- of which signing key this is the place; another after each renewal
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (project_id, name)
);

CREATE TABLE control.alert_rule (
    rule_id uuid PRIMARY KEY,
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    name text NOT NULL,
    condition json NOT NULL,                    -- gooddata/serving/alerts/condition.py
    looks integer NOT NULL,                     -- in a row, until what holds is believed
    quiet_minutes integer NOT NULL,             -- between two notifications
    destinations uuid[] NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (project_id, name)
);

CREATE TABLE control.alert_state (
    rule_id uuid PRIMARY KEY REFERENCES control.alert_rule ON DELETE CASCADE,
    looked_at timestamptz NOT NULL,
    observed double precision,
    note text,                                  -- why nothing could be said at the newest look
    firing boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL,                 -- since when it is firing, or is not
    against integer NOT NULL DEFAULT 0,         -- newest looks in a row that say the opposite
    told_firing boolean NOT NULL DEFAULT false, -- what was said last
    told_at timestamptz
);

CREATE TABLE control.alert_delivery (
    delivery_id uuid PRIMARY KEY,
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    destination_id uuid NOT NULL,               -- may be gone: what was said to it stays in the log
    destination text NOT NULL,                  -- its name then
    test boolean NOT NULL DEFAULT false,
    body text NOT NULL,                         -- JSON: the bytes that a webhook gets
    created_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(), -- of one that waits: not tried before
    claim uuid,                                 -- of the process that tries now; its word counts, no other's
    answer text,                                -- what came of the newest attempt
    ended_at timestamptz
);
CREATE INDEX alert_delivery_waiting ON control.alert_delivery (next_at) WHERE state = 'waiting';
CREATE INDEX alert_delivery_log ON control.alert_delivery (project_id, created_at);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON control.alert_destination, control.alert_rule, control.alert_state, control.alert_delivery TO gooddata_dashboard;
