-- The newest append of each writer that held no batch: only duplicates, rejections and drops. When its answer was lost,
-- the writer finds out here whether it has happened; until then it makes no other, so one row a writer is enough.
CREATE TABLE raw.receipt (
    writer uuid PRIMARY KEY,                    -- the name of its spool
    receipt uuid NOT NULL,
    received_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON raw.receipt TO gooddata_ingest;
GRANT SELECT ON raw.receipt TO gooddata_operator;
