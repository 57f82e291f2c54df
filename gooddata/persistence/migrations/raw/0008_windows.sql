-- The log in windows of a week, by when batches were received: what is past its retention goes by dropping windows.

-- The windows there are, and those there were. One that rows were deleted from begins where they ended.
CREATE TABLE raw.batch_window (
    name text PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    dropped_at timestamptz
);

-- The view is made again at the end, as it is, over the table that takes this one's place.
SELECT set_config('gooddata.events', pg_get_viewdef('raw.events'), true);
DROP VIEW raw.events;
ALTER TABLE raw.batch RENAME TO batch_early;
ALTER INDEX raw.batch_pkey RENAME TO batch_early_pkey;
ALTER INDEX raw.batch_received_at RENAME TO batch_early_received_at;
REVOKE ALL ON raw.batch_early FROM gooddata_ingest, gooddata_worker, gooddata_operator;

-- Each window has an index of its own on (partition, seq), and none is here: to build one over what has been stored so
-- far would hold ingestion up. That positions are taken once is the doing of raw.append, which holds their partition.
CREATE TABLE raw.batch (
    LIKE raw.batch_early INCLUDING DEFAULTS INCLUDING STORAGE
) PARTITION BY RANGE (received_at);

-- What no window is for, since the clock has jumped or nobody has made room in time.
CREATE TABLE raw.batch_other PARTITION OF raw.batch (PRIMARY KEY (partition, seq)) DEFAULT;

-- All that is stored so far is one window, up to the end of the week.
DO $$
DECLARE
    newest timestamptz := (SELECT max(received_at) FROM raw.batch_early);
    bound timestamptz := date_bin('7 days', greatest(newest, now()), timestamptz '2005-01-03 00:00+00');
BEGIN
    IF newest IS NOT NULL THEN
        bound := bound + interval '7 days';
    END IF;
    EXECUTE format('ALTER TABLE raw.batch ATTACH PARTITION raw.batch_early FOR VALUES FROM (MINVALUE) TO (%L)', bound);
    INSERT INTO raw.batch_window (name, since, until)
    VALUES ('batch_early', '-infinity', bound), ('batch_other', '-infinity', 'infinity');
END $$;

-- Makes the windows of this week and of `weeks` to come.
CREATE FUNCTION raw.make_room(weeks int) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    start timestamptz;
    first constant timestamptz := date_bin('7 days', now(), timestamptz '2005-01-03 00:00+00');
    taken constant timestamptz := (SELECT until FROM raw.batch_window WHERE name = 'batch_early');
    made text;
BEGIN
    PERFORM pg_advisory_xact_lock(7013046012);
    FOR start IN SELECT generate_series(first, first + weeks * interval '7 days', interval '7 days') LOOP
        made := 'batch_' || to_char(start AT TIME ZONE 'UTC', 'YYYYMMDD');
        CONTINUE WHEN start < taken OR EXISTS (SELECT FROM raw.batch_window w WHERE w.name = made);
        -- What came before its window was made stays where it is.
        CONTINUE WHEN EXISTS (
            SELECT FROM raw.batch_other b WHERE b.received_at >= start AND b.received_at < start + interval '7 days');
        EXECUTE format(
            'CREATE TABLE raw.%I (LIKE raw.batch INCLUDING DEFAULTS INCLUDING STORAGE, PRIMARY KEY (partition, seq))', made);
        EXECUTE format('CREATE INDEX ON raw.%I USING brin (received_at)', made);
        EXECUTE format('ALTER TABLE raw.batch ATTACH PARTITION raw.%I FOR VALUES FROM (%L) TO (%L)',
                       made, start, start + interval '7 days');
        INSERT INTO raw.batch_window (name, since, until) VALUES (made, start, start + interval '7 days');
    END LOOP;
END $$;

-- Drops what was received before `moment`: whole windows, and rows where a window has no beginning. A window goes only
-- once the workers, who stand at `positions` of `partitions`, have applied all of it. Gives the names of what was
-- dropped, or emptied. Raises lock_not_available where somebody reads, instead of having appends wait behind it.
CREATE FUNCTION raw.drop_before(moment timestamptz, partitions smallint[], positions bigint[]) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    gone text;
    applied boolean;
    rows bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7013046012);
    FOR gone IN
        SELECT w.name FROM raw.batch_window w WHERE w.until <= moment AND w.dropped_at IS NULL AND w.name NOT IN ('batch_early', 'batch_other')
        ORDER BY w.since
    LOOP
        EXECUTE format(
            'SELECT NOT EXISTS (SELECT FROM raw.partition p LEFT JOIN unnest($1, $2) AS c (partition, seq) USING (partition)
                 WHERE EXISTS (SELECT FROM raw.%I b WHERE b.partition = p.partition AND b.seq > coalesce(c.seq, 0)))', gone)
        INTO applied USING partitions, positions;
        EXIT WHEN NOT applied;
        EXECUTE format('DROP TABLE raw.%I', gone);
        UPDATE raw.batch_window w SET dropped_at = now() WHERE w.name = gone;
        RETURN NEXT gone;
    END LOOP;
    FOREACH gone IN ARRAY ARRAY['batch_early', 'batch_other'] LOOP
        EXECUTE format(
            'DELETE FROM raw.%I b USING unnest($1, $2) AS c (partition, seq)
             WHERE b.received_at < $3 AND b.partition = c.partition AND b.seq <= c.seq', gone)
        USING partitions, positions, moment;
        GET DIAGNOSTICS rows = ROW_COUNT;
        IF rows > 0 THEN
            UPDATE raw.batch_window w SET since = moment WHERE w.name = gone;
            RETURN NEXT gone;
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION raw.make_room, raw.drop_before FROM PUBLIC;
GRANT EXECUTE ON FUNCTION raw.make_room TO gooddata_ingest, gooddata_operator;
GRANT EXECUTE ON FUNCTION raw.drop_before TO gooddata_operator;

GRANT SELECT ON raw.batch_window TO gooddata_ingest, gooddata_worker, gooddata_operator;
GRANT INSERT ON raw.batch TO gooddata_ingest, gooddata_operator;
GRANT SELECT (partition, seq, received_at, events, fingerprints) ON raw.batch TO gooddata_ingest;
GRANT SELECT ON raw.batch TO gooddata_worker, gooddata_operator;
GRANT UPDATE (events, fingerprints, visitors, body) ON raw.batch TO gooddata_operator;

SELECT raw.make_room(6);

DO $$ BEGIN EXECUTE 'CREATE VIEW raw.events AS ' || current_setting('gooddata.events'); END $$;
GRANT SELECT ON raw.events TO gooddata_operator;
