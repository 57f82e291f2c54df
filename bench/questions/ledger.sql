-- What became of the events that the ingestion role was sent?
SELECT
    coalesce(sum(events) FILTER (WHERE outcome = 'stored'), 0)::bigint AS stored,
    coalesce(sum(events) FILTER (WHERE outcome <> 'stored'), 0)::bigint AS otherwise
FROM raw.ledger
