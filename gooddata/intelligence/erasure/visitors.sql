-- Which visitors of project $1 were seen with any of users $2, and with nobody else?
SELECT visitor, bool_and("user" = ANY ($2::uuid[])) AS alone
FROM analytics.identity_link l
WHERE project_id = $1 AND visitor IN (
    SELECT visitor FROM analytics.identity_link WHERE project_id = $1 AND "user" = ANY ($2::uuid[])
)
GROUP BY visitor
