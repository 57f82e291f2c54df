-- Rejected events: how many bytes of them a project may leave in a day, and what became of their replay; and how often
-- events did not fit their tracking plan.

ALTER TABLE raw.rejection
    ADD context bytea,                          -- what the event's request shared among its events, cut like the body
    ADD replayed_at timestamptz;                -- when it was sent again and taken in; null while it is still refused

-- Bytes that a project's rejected events brought in a day; what comes after the quota is counted and not kept.
CREATE TABLE raw.rejection_usage (
    project_id text NOT NULL,
    day date NOT NULL,                          -- UTC
    bytes bigint NOT NULL,
    PRIMARY KEY (project_id, day)
);

-- Keeps what was refused of `projects`, in this order, while a project has brought no more than `quota` bytes of such on
-- that day, counting all that it brought. The upsert holds a project's row until the commit, so that two writers never
-- spend the same bytes, and goes through projects in order, so that they never wait for each other in a circle.
CREATE FUNCTION raw.keep_rejections(
    at timestamptz, projects text[], ids text[], fields text[], reasons text[], bodies bytea[], contexts bytea[],
    quota bigint
) RETURNS void LANGUAGE sql AS $$
    WITH refused AS (
        SELECT n.*, octet_length(n.body) + coalesce(octet_length(n.context), 0) + 100 AS bytes  -- 100: of the row itself
        FROM unnest(projects, ids, fields, reasons, bodies, contexts) WITH ORDINALITY
             AS n (project_id, event_id, field, reason, body, context, place)
    ), usage AS (
        INSERT INTO raw.rejection_usage AS u (project_id, day, bytes)
        SELECT project_id, (at AT TIME ZONE 'UTC')::date, sum(bytes) FROM refused GROUP BY project_id ORDER BY project_id
        ON CONFLICT (project_id, day) DO UPDATE SET bytes = u.bytes + excluded.bytes
        RETURNING project_id, bytes
    ), counted AS (
        -- What a project had brought when this event came: what it has now, less what came after the event.
        SELECT r.*, u.bytes - coalesce(sum(r.bytes) OVER (
            PARTITION BY r.project_id ORDER BY r.place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS brought
        FROM refused r JOIN usage u USING (project_id)
    )
    INSERT INTO raw.rejection (project_id, received_at, event_id, field, reason, body, context)
    SELECT project_id, at, event_id, field, reason, body, context FROM counted WHERE brought <= quota ORDER BY place
$$;

CREATE TABLE raw.plan_violation (
    project_id text NOT NULL,
    day date NOT NULL,                          -- UTC
    event text NOT NULL,                        -- the name of a track event, the type of any other
    field text NOT NULL,
    message text NOT NULL,                      -- without the value that was sent
    outcome text NOT NULL CHECK (outcome IN ('stored', 'rejected')),
    events bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, day, event, field, message, outcome)
);

GRANT SELECT, INSERT, UPDATE ON raw.rejection_usage, raw.plan_violation TO gooddata_ingest;

GRANT SELECT ON raw.rejection_usage, raw.plan_violation TO gooddata_operator;
GRANT UPDATE (reason, field, replayed_at) ON raw.rejection TO gooddata_operator;
