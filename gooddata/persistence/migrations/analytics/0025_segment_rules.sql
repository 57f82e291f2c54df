-- Segments by rule: who had a session that passes filters within the last so many days. Nothing here is of a visitor:
-- who is in a segment is worked out when it is asked.
CREATE TABLE control.segment_rule (
    segment_id uuid PRIMARY KEY,
    project_id text NOT NULL REFERENCES control.project ON DELETE CASCADE,
    name text NOT NULL,
    filters text[] NOT NULL,                    -- as gooddata/serving/columns/filters.py reads them; all must hold
    days integer NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    made_by uuid REFERENCES control.account ON DELETE SET NULL,
    changed_at timestamptz,
    changed_by uuid REFERENCES control.account ON DELETE SET NULL,
    UNIQUE (project_id, name)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON control.segment_rule TO gooddata_dashboard;
