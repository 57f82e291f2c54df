-- For how long what is kept. A project's own term counts before the one for all; without either, it is for ever.
CREATE TABLE control.retention (
    project_id text REFERENCES control.project ON DELETE CASCADE,   -- null: all projects that have no term of their own
    kind text NOT NULL CHECK (kind IN ('raw', 'rejected', 'events', 'sessions', 'counts')),
    days int CHECK (days BETWEEN 2 AND 36500),                      -- null: for ever
    set_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (project_id, kind)
);
GRANT SELECT ON control.retention TO gooddata_operator, gooddata_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.retention TO gooddata_dashboard;

-- Is anything kept that is from before `moment`?
CREATE FUNCTION analytics.holds_before(kept text, moment timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t analytics.timed;
    found boolean;
BEGIN
    SELECT * INTO STRICT t FROM analytics.timed d WHERE d.relation = kept;
    IF NOT EXISTS (SELECT FROM analytics.time_window w WHERE w.relation = kept) THEN
        RETURN EXISTS (SELECT FROM public.show_chunks(format('analytics.%I', kept)::regclass, older_than => moment));
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM analytics.%I WHERE %I < $1)', kept || '_early', t.moment)
    INTO found USING moment;
    RETURN found OR EXISTS (
        SELECT FROM analytics.time_window w
        WHERE w.relation = kept AND w.until <= moment AND w.dropped_at IS NULL AND w.since > '-infinity');
END $$;
REVOKE ALL ON FUNCTION analytics.holds_before FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.holds_before TO gooddata_operator;
