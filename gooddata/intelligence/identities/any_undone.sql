-- Has the owner of any of projects $1 ever undone a link?
SELECT EXISTS (SELECT FROM analytics.identity_unlink WHERE project_id = ANY($1::text[]))
