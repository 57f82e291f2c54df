-- Appending as one call: the turn, the batches, the ledger and the rejections in one statement and one round trip.

-- A body is bytes that ingestion has checked: as text, PostgreSQL would check its encoding a second time.
DROP VIEW raw.events;
ALTER TABLE raw.batch ALTER body TYPE bytea USING convert_to(body, 'UTF8');
ALTER TABLE raw.batch ALTER body SET STORAGE EXTERNAL;

-- Eight bytes an event since then; what was appended before is not recognised when it is sent again.
UPDATE raw.batch SET fingerprints = '';

-- raw.append appends to partitions that it has locked, and to no others.
ALTER TABLE raw.batch DROP CONSTRAINT batch_partition_fkey;

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
CROSS JOIN LATERAL jsonb_array_elements(convert_from(b.body, 'UTF8')::jsonb) AS g (body)
CROSS JOIN LATERAL jsonb_array_elements(g.body -> 'events') WITH ORDINALITY AS e (body, place);
GRANT SELECT ON raw.events TO gooddata_operator;

-- How far each spool of a server whose log was away has been drained: the place of the last record that is in the log.
CREATE TABLE raw.spool (
    spool uuid PRIMARY KEY,
    drained bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON raw.spool TO gooddata_ingest;

-- Appends a batch to each of `partitions`, after `heads`, the positions that the caller believes they are at; adds to
-- the ledger; keeps rejections, up to a quota of bytes a project and day; notes how far a spool is drained. Raises GD001 when a partition has moved on, and then
-- nothing of it happens. `marks` holds the visitors' marks of all batches, `mark_counts` how many each batch has.
CREATE FUNCTION raw.append(
    at timestamptz, partitions smallint[], heads bigint[], events int[], fingerprints bytea[],
    mark_counts int[], marks int[], bodies bytea[],
    counted_projects text[], counted_hours timestamptz[], counted_outcomes text[], counted_reasons text[], counts bigint[],
    kept_projects text[], kept_ids text[], kept_fields text[], kept_reasons text[], kept_bodies bytea[],
    kept_contexts bytea[], kept_quota bigint, drained_spool uuid, drained_to bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known constant int := cardinality(partitions);
    locked bigint[];
    first_mark int := 1;
BEGIN
    IF known > 0 THEN
        -- In order, so that two writers never wait for each other in a circle.
        SELECT array_agg(head) INTO locked FROM (
            SELECT p.head FROM raw.partition p WHERE p.partition = ANY (partitions) ORDER BY p.partition FOR NO KEY UPDATE
        ) AS turn;
        IF locked IS DISTINCT FROM heads THEN
            RAISE EXCEPTION 'a partition has moved on' USING ERRCODE = 'GD001';
        END IF;
        UPDATE raw.partition p SET head = p.head + 1 WHERE p.partition = ANY (partitions);
        FOR n IN 1 .. known LOOP
            INSERT INTO raw.batch (partition, seq, received_at, events, fingerprints, visitors, body)
            VALUES (partitions[n], heads[n] + 1, at, events[n], fingerprints[n],
                    marks[first_mark : first_mark + mark_counts[n] - 1], bodies[n]);
            first_mark := first_mark + mark_counts[n];
        END LOOP;
        PERFORM pg_notify('gooddata_batch', '');
    END IF;
    IF cardinality(counts) > 0 THEN
        -- The caller sorts them, for the same reason.
        INSERT INTO raw.ledger AS kept (project_id, hour, outcome, reason, events)
        SELECT * FROM unnest(counted_projects, counted_hours, counted_outcomes, counted_reasons, counts)
        ON CONFLICT (project_id, hour, outcome, reason) DO UPDATE SET events = kept.events + excluded.events;
    END IF;
    IF cardinality(kept_projects) > 0 THEN
        PERFORM raw.keep_rejections(
            at, kept_projects, kept_ids, kept_fields, kept_reasons, kept_bodies, kept_contexts, kept_quota);
    END IF;
    IF drained_spool IS NOT NULL THEN
        INSERT INTO raw.spool (spool, drained) VALUES (drained_spool, drained_to)
        ON CONFLICT (spool) DO UPDATE SET drained = excluded.drained;
    END IF;
END $$;
