-- How many users of project $1 were identified, how many persons are they, and how many visitors do these have?
WITH span AS MATERIALIZED (
    SELECT visitor, "user", person, visitor_shared, user_shared FROM analytics.person_span WHERE project_id = $1
), joined AS (
    SELECT DISTINCT visitor, person FROM span WHERE person <> visitor
)
SELECT
    (SELECT count(DISTINCT "user") FROM analytics.identity_link WHERE project_id = $1 AND NOT alias) AS identified_users,
    (SELECT count(DISTINCT person) FROM joined) AS persons,
    (SELECT count(DISTINCT visitor) FROM joined) AS visitors_joined,
    (SELECT count(*) FROM joined)::float / nullif((SELECT count(DISTINCT person) FROM joined), 0) AS visitors_per_person,
    (SELECT count(DISTINCT visitor) FROM span WHERE visitor_shared) AS shared_visitors,
    (SELECT count(DISTINCT "user") FROM span WHERE user_shared) AS shared_users,
    (SELECT count(*) FROM analytics.identity_proposal WHERE project_id = $1 AND status = 'proposed') AS merges_proposed,
    (SELECT count(*) FROM analytics.identity_merge WHERE project_id = $1 AND undone_at IS NULL) AS merges,
    (SELECT count(*) FROM analytics.identity_unlink WHERE project_id = $1 AND restored_at IS NULL) AS links_undone,
    (SELECT count(DISTINCT "group") FROM analytics.membership WHERE project_id = $1) AS groups
