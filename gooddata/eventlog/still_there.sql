-- Is server process $1 still there?
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)
