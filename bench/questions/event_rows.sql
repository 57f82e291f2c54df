-- How many events did the peer store? It keeps no account of what it did not store.
SELECT count(*) AS stored, 0::bigint AS otherwise FROM event
