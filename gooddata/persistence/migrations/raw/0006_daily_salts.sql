-- By these, visitors whose browsers store nothing are told apart for a day. Once a day's salt is gone, nobody can find
-- out whose address and browser a visitor id of that day stands for.
CREATE TABLE raw.daily_salt (
    day date PRIMARY KEY,                       -- UTC
    salt bytea NOT NULL
);
GRANT SELECT, INSERT, DELETE ON raw.daily_salt TO gooddata_ingest;
