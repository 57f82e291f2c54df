-- The event log on NATS JetStream: this database is its archive then.

-- The streams that have held the log, one after another; their numbers are the high bits of positions, so that those of
-- a later stream follow those of an earlier one, and of the log in this database.
CREATE TABLE raw.stream (
    epoch int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    archived bigint NOT NULL DEFAULT 0          -- the sequence number up to which its messages have been moved here
);
GRANT SELECT, UPDATE (archived) ON raw.stream TO gooddata_ingest;
GRANT SELECT ON raw.stream TO gooddata_worker, gooddata_operator, gooddata_ledger;
