-- Serving shows how many events came in each minute: of how many a batch is made, and nothing of what is in it.
GRANT SELECT (events) ON raw.batch TO gooddata_ledger;
