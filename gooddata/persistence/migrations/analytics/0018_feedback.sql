-- Acting on what is predicted: visitors who get none of it, and what was shown to the others.

-- Which share of a project's visitors is held out; a project that has no row holds out nobody.
CREATE TABLE control.holdout (
    project_id text PRIMARY KEY REFERENCES control.project ON DELETE CASCADE,
    share real NOT NULL CHECK (share BETWEEN 0 AND 0.5),
    set_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON control.holdout TO gooddata_worker, gooddata_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.holdout TO gooddata_dashboard;

-- Few events are of these, so that the index is small, and questions about them need no scan of all others.
CREATE INDEX event_exposure ON analytics.event (project_id, timestamp)
    WHERE name IN ('$exposure', '$exposure_click', '$exposure_dismiss');
