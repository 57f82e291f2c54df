-- Are the messages of stream $1 that follow sequence number $2 now moved up to $3, by this transaction and no other?
UPDATE raw.stream SET archived = $3 WHERE epoch = $1 AND archived = $2 RETURNING true
