-- Takes away those of the cells (projects $1, dimensions $2, minutes $3 in epoch ms, values $4) that have become empty.
DELETE FROM analytics.rollup_minute r
USING unnest($1::text::text[], $2::text::text[], $3::text::double precision[], $4::text::text[])
      AS cell (project_id, dimension, minute, value)
WHERE r.project_id = cell.project_id AND r.dimension = cell.dimension AND r.minute = to_timestamp(cell.minute / 1000)
  AND r.value = cell.value AND r.events = 0 AND r.sessions = 0
