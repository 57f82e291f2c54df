-- Erasing a person, and who looked at raw: what the operator may do, and what remains to be seen of it.

-- What was dated up to `until` (and since `since`, where there is one) by these people never comes back. Subjects are
-- keyed hashes, as in analytics; this database does not hold the key.
CREATE TABLE raw.tombstone (
    tombstone bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('visitor', 'user')),
    subject uuid NOT NULL,
    since timestamptz,
    until timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tombstone_subject ON raw.tombstone (project_id, subject);

-- Who erased, exported and read raw, and when. The operator adds to it, and changes nothing.
CREATE TABLE raw.audit (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,                        -- whoever asked: for a command, the account on its machine
    action text NOT NULL,                       -- erase, export, read events, read rejected, replay rejected
    project_id text,
    subject uuid,                               -- whom it was about, as a keyed hash
    detail jsonb NOT NULL DEFAULT '{}'          -- for an erasure, its receipt
);
CREATE INDEX audit_at ON raw.audit (at);

GRANT SELECT ON raw.tombstone TO gooddata_ingest;
GRANT SELECT, INSERT ON raw.tombstone, raw.audit TO gooddata_operator;
-- An erasure takes every partition's turn and moves its head, so that whoever appends next learns of the tombstones.
GRANT UPDATE (head) ON raw.partition TO gooddata_operator;
GRANT INSERT, UPDATE (events, fingerprints, visitors, body) ON raw.batch TO gooddata_operator;
GRANT DELETE ON raw.rejection TO gooddata_operator;
