-- Appends an empty batch to every partition, the turns of which are held: whoever appends next finds that it missed one,
-- and learns under its turn what else is new.
WITH moved AS (
    UPDATE raw.partition SET head = head + 1 RETURNING partition, head
)
INSERT INTO raw.batch (partition, seq, received_at, events, fingerprints, visitors, body)
SELECT partition, head, now(), 0, '', '{}', '[]' FROM moved
