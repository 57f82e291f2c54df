-- Appends one batch to each of the partitions $1, whose turn the caller holds, at positions $2.
WITH moved AS (
    UPDATE raw.partition p SET head = n.seq
    FROM unnest($1::smallint[], $2::bigint[]) AS n (partition, seq)
    WHERE p.partition = n.partition
)
INSERT INTO raw.batch (partition, seq, received_at, events, fingerprints, visitors, body)
SELECT n.partition, n.seq, $3, n.events, n.fingerprints, string_to_array(n.visitors, ',')::int[], n.body
FROM unnest($1::smallint[], $2::bigint[], $4::int[], $5::bytea[], $6::text[], $7::text[])
     AS n (partition, seq, events, fingerprints, visitors, body)
