-- The raw database: the event log, what was refused, and the ledger that adds it all up.

CREATE SCHEMA raw;

-- One row per partition of the log. Its row lock is the partition's turn: whoever holds it appends next, so that
-- sequence numbers become visible in order and a reader that follows them never skips a batch.
CREATE TABLE raw.partition (
    partition smallint PRIMARY KEY,
    head bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE raw.batch (
    partition smallint NOT NULL REFERENCES raw.partition,
    seq bigint NOT NULL,
    received_at timestamptz NOT NULL,
    events integer NOT NULL,
    fingerprints bytea NOT NULL,      -- 16 bytes an event, in the order of the body: what de-duplication remembers
    visitors integer[] NOT NULL,      -- marks of the visitors in it: finds one visitor without opening bodies
    body text NOT NULL,               -- a JSON array of groups, see gooddata/event.py
    PRIMARY KEY (partition, seq)
);
-- The embedded server has no lz4, and pglz costs more CPU than the disk it saves.
ALTER TABLE raw.batch ALTER body SET STORAGE EXTERNAL, ALTER fingerprints SET STORAGE EXTERNAL;
CREATE INDEX batch_received_at ON raw.batch USING brin (received_at);

CREATE TABLE raw.rejection (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id text NOT NULL,
    received_at timestamptz NOT NULL,
    event_id text,
    field text,
    reason text NOT NULL,
    body bytea NOT NULL               -- as received, cut at the documented bound
);
CREATE INDEX rejection_project ON raw.rejection (project_id, received_at);

CREATE TABLE raw.ledger (
    project_id text NOT NULL,
    hour timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('stored', 'duplicate', 'rejected', 'dropped')),
    reason text NOT NULL DEFAULT '',
    events bigint NOT NULL,
    PRIMARY KEY (project_id, hour, outcome, reason)
);

CREATE FUNCTION raw.vector(value jsonb) RETURNS real[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT array_agg(CASE WHEN abs(number::numeric) < 1e-37 THEN 0 ELSE number::real END ORDER BY place)
   FROM jsonb_array_elements_text(value) WITH ORDINALITY AS element (number, place) $$;

CREATE VIEW raw.events AS
SELECT
    coalesce(g.body -> 'ids' ->> (e.place - 1)::int, e.body ->> 'id', e.body ->> 'messageId')::uuid AS id,
    coalesce(e.body ->> 'id', e.body ->> 'messageId') AS message_id,
    g.body ->> 'project' AS project_id,
    coalesce(e.body ->> 'type', 'track') AS type,
    coalesce(e.body ->> 'name', e.body ->> 'event') AS name,
    coalesce(e.body ->> 'visitor', e.body ->> 'anonymousId', e.body ->> 'user', e.body ->> 'userId') AS visitor,
    coalesce(e.body ->> 'user', e.body ->> 'userId') AS "user",
    e.body ->> 'session' AS session,
    timestamptz 'epoch' + (g.body -> 'times' ->> (e.place - 1)::int)::bigint * interval '1 millisecond' AS timestamp,
    timestamptz 'epoch' + (g.body ->> 'received_at')::bigint * interval '1 millisecond' AS received_at,
    coalesce(nullif(e.body -> 'properties', 'null'), nullif(e.body -> 'traits', 'null'), '{}') AS properties,
    coalesce(nullif(g.body -> 'context', 'null'), '{}') || coalesce(nullif(e.body -> 'context', 'null'), '{}') AS context,
    CASE jsonb_typeof(e.body -> 'vector') WHEN 'array' THEN raw.vector(e.body -> 'vector') END AS vector,
    b.partition || '-' || b.seq AS batch_id
FROM raw.batch b
CROSS JOIN LATERAL jsonb_array_elements(b.body::jsonb) AS g (body)
CROSS JOIN LATERAL jsonb_array_elements(g.body -> 'events') WITH ORDINALITY AS e (body, place);
