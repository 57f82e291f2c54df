-- Up to which record is spool $1 in the log?
SELECT drained FROM raw.spool WHERE spool = $1
