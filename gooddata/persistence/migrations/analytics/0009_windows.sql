-- Analytics in windows of time: what is past its retention goes by dropping windows. On plain PostgreSQL these are
-- partitions; where the database has TimescaleDB, they are chunks. This file alone knows the difference; what it makes
-- has the same names on both: tables, views for the hour and the day, and functions that make room and drop.

-- By what and in how long windows each table is kept.
CREATE TABLE analytics.timed (
    relation text PRIMARY KEY,
    moment text NOT NULL,
    days int NOT NULL
);
INSERT INTO analytics.timed VALUES ('event', 'timestamp', 7), ('session', 'started_at', 28), ('rollup_minute', 'minute', 28);

-- The windows there are on plain PostgreSQL, and those there were.
CREATE TABLE analytics.time_window (
    name text PRIMARY KEY,
    relation text NOT NULL REFERENCES analytics.timed,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    dropped_at timestamptz
);

-- A session's id is made of when it started, among others: one id has one start.
ALTER TABLE analytics.session DROP CONSTRAINT session_pkey;
ALTER TABLE analytics.session ADD PRIMARY KEY (project_id, session_id, started_at);

DO $$
DECLARE
    has_timescale constant boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb');
    may_all boolean := false;
    t analytics.timed;
    index_name text;
    bound timestamptz;
BEGIN
    FOR t IN SELECT * FROM analytics.timed LOOP
        IF has_timescale THEN
            EXECUTE format(
                'SELECT create_hypertable(%L, by_range(%L, %L::interval), create_default_indexes => false, migrate_data => true)',
                'analytics.' || t.relation, t.moment, t.days || ' days');
            CONTINUE;
        END IF;
        -- What is stored so far is one window; of an empty table, all times before there was any shop on the web.
        EXECUTE format('SELECT date_bin(%L, greatest(now(), max(%I)), %L) + %L::interval FROM analytics.%I HAVING count(*) > 0',
                       t.days || ' days', t.moment, timestamptz '2005-01-03 00:00+00', t.days || ' days', t.relation)
        INTO bound;
        bound := coalesce(bound, timestamptz '2005-01-03 00:00+00');
        FOR index_name IN
            SELECT indexname FROM pg_indexes WHERE schemaname = 'analytics' AND tablename = t.relation
        LOOP
            EXECUTE format('ALTER INDEX analytics.%I RENAME TO %I', index_name,
                           replace(index_name, t.relation, t.relation || '_early'));
        END LOOP;
        EXECUTE format('ALTER TABLE analytics.%I RENAME TO %I', t.relation, t.relation || '_early');
        EXECUTE format('CREATE TABLE analytics.%I (LIKE analytics.%I INCLUDING ALL) PARTITION BY RANGE (%I)',
                       t.relation, t.relation || '_early', t.moment);
        EXECUTE format('ALTER TABLE analytics.%I ATTACH PARTITION analytics.%I FOR VALUES FROM (MINVALUE) TO (%L)',
                       t.relation, t.relation || '_early', bound);
        EXECUTE format('REVOKE ALL ON analytics.%I FROM gooddata_worker, gooddata_dashboard, gooddata_operator',
                       t.relation || '_early');
        INSERT INTO analytics.time_window (name, relation, since, until)
        VALUES (t.relation || '_early', t.relation, '-infinity', bound);
    END LOOP;
END $$;

-- Makes the windows for what happened from `since` to `until`. TimescaleDB makes chunks by itself.
CREATE FUNCTION analytics.make_room(since timestamptz, until timestamptz) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t analytics.timed;
    start timestamptz;
    made text;
BEGIN
    PERFORM pg_advisory_xact_lock(7013046013);
    FOR t IN SELECT d.* FROM analytics.timed d WHERE d.relation IN (SELECT w.relation FROM analytics.time_window w) LOOP
        FOR start IN SELECT generate_series(
            date_bin(t.days * interval '1 day', since, timestamptz '2005-01-03 00:00+00'), until, t.days * interval '1 day')
        LOOP
            made := t.relation || '_' || to_char(start AT TIME ZONE 'UTC', 'YYYYMMDD');
            CONTINUE WHEN EXISTS (
                SELECT FROM analytics.time_window w
                WHERE w.relation = t.relation AND w.dropped_at IS NULL AND (w.name = made OR w.since < start AND start < w.until));
            EXECUTE format('CREATE TABLE analytics.%I (LIKE analytics.%I INCLUDING ALL)', made, t.relation);
            EXECUTE format('ALTER TABLE analytics.%I ATTACH PARTITION analytics.%I FOR VALUES FROM (%L) TO (%L)',
                           t.relation, made, start, start + t.days * interval '1 day');
            INSERT INTO analytics.time_window AS w (name, relation, since, until)
            VALUES (made, t.relation, start, start + t.days * interval '1 day')
            ON CONFLICT (name) DO UPDATE SET dropped_at = NULL;
        END LOOP;
    END LOOP;
END $$;

-- Drops what `kept` has from before `moment`: whole windows, and rows where a window has no beginning. Gives the names of
-- what was dropped, or emptied. Raises lock_not_available where somebody reads, instead of having everybody wait behind it.
CREATE FUNCTION analytics.drop_before(kept text, moment timestamptz) RETURNS SETOF text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    t analytics.timed;
    gone text;
    rows bigint;
BEGIN
    SELECT * INTO STRICT t FROM analytics.timed d WHERE d.relation = kept;
    IF NOT EXISTS (SELECT FROM analytics.time_window w WHERE w.relation = kept) THEN
        RETURN QUERY SELECT public.drop_chunks(format('analytics.%I', kept)::regclass, older_than => moment);
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7013046013);
    FOR gone IN
        SELECT w.name FROM analytics.time_window w
        WHERE w.relation = kept AND w.until <= moment AND w.dropped_at IS NULL AND w.since > '-infinity'
        ORDER BY w.since
    LOOP
        EXECUTE format('DROP TABLE analytics.%I', gone);
        UPDATE analytics.time_window w SET dropped_at = now() WHERE w.name = gone;
        RETURN NEXT gone;
    END LOOP;
    gone := kept || '_early';
    EXECUTE format('DELETE FROM analytics.%I WHERE %I < $1', gone, t.moment) USING moment;
    GET DIAGNOSTICS rows = ROW_COUNT;
    IF rows > 0 THEN
        RETURN NEXT gone;
    END IF;
END $$;

REVOKE ALL ON FUNCTION analytics.make_room, analytics.drop_before FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.make_room TO gooddata_worker;
GRANT EXECUTE ON FUNCTION analytics.drop_before TO gooddata_operator;

GRANT SELECT ON analytics.event, analytics.session, analytics.rollup_minute, analytics.timed, analytics.time_window
    TO gooddata_worker, gooddata_dashboard, gooddata_operator;
GRANT INSERT, UPDATE, DELETE ON analytics.event, analytics.session, analytics.rollup_minute TO gooddata_worker;
GRANT DELETE ON analytics.event, analytics.session, analytics.rollup_minute TO gooddata_operator;
GRANT INSERT, UPDATE ON analytics.rollup_minute TO gooddata_operator;

-- The minute's counts added up for the hour and the (UTC) day: views, or, where TimescaleDB is there under its own licence,
-- continuous aggregates that show what is newer than their last refresh, too.
DO $$
DECLARE
    continuous constant boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
        AND coalesce(current_setting('timescaledb.license', true), '') = 'timescale';
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('rollup_hour', 'hour', '1 hour', 'rollup_minute', 'minute'), ('rollup_day', 'day', '1 day', 'rollup_hour', 'hour')
    ) AS steps (name, step, length, source, moment) LOOP
        EXECUTE format(
            'CREATE %s VIEW analytics.%I %s AS
             SELECT project_id, %s(%L::interval, %I%s) AS %I, dimension, value,
                    sum(events)::bigint AS events, sum(pageviews)::bigint AS pageviews, sum(sessions)::bigint AS sessions,
                    sum(bounces)::bigint AS bounces, sum(conversions)::bigint AS conversions, sum(revenue) AS revenue,
                    sum(engaged_ms)::bigint AS engaged_ms
             FROM analytics.%I GROUP BY 1, 2, 3, 4 %s',
            CASE WHEN continuous THEN 'MATERIALIZED' END, t.name,
            CASE WHEN continuous THEN 'WITH (timescaledb.continuous, timescaledb.materialized_only = false)' END,
            CASE WHEN continuous THEN 'public.time_bucket' ELSE 'date_bin' END, t.length, t.moment,
            CASE WHEN NOT continuous THEN ', timestamptz ''epoch''' END, t.step, t.source,
            CASE WHEN continuous THEN 'WITH NO DATA' END);
        EXECUTE format('GRANT SELECT ON analytics.%I TO gooddata_worker, gooddata_dashboard, gooddata_operator', t.name);
        IF continuous THEN
            -- Whatever changed, however old: late events, rebuilds and erasures reach back.
            PERFORM public.add_continuous_aggregate_policy(
                format('analytics.%I', t.name)::regclass, start_offset => NULL, end_offset => t.length::interval,
                schedule_interval => interval '10 minutes');
        END IF;
    END LOOP;
    IF continuous THEN
        ALTER TABLE analytics.event SET (
            timescaledb.enable_columnstore, timescaledb.segmentby = 'project_id',
            timescaledb.orderby = 'visitor, timestamp');
        CALL public.add_columnstore_policy('analytics.event', after => interval '14 days');
    END IF;
END $$;
