-- Who is who: which users were seen with which visitors, and whose a visitor is at a moment. See docs/identities.md.
--
-- Workers only add what they saw, each row the earliest of its kind, so that the rows are the same in whatever order
-- events arrive and whichever worker writes them. Owners only add what they decided. Everything else is asked by views.

CREATE TABLE analytics.identity_link (
    project_id text NOT NULL,
    visitor uuid NOT NULL,
    "user" uuid NOT NULL,
    alias boolean NOT NULL,                     -- whether this is the id that an alias calls previous
    slot timestamptz NOT NULL,                  -- the half hour of which this is the first sign; later, if undone in it
    seen_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,                         -- the type of that event
    previous uuid,                              -- who that previous id would be, were it a user's
    PRIMARY KEY (project_id, visitor, "user", alias, slot),
    CHECK (alias = (previous IS NOT NULL))
);
CREATE INDEX identity_link_user ON analytics.identity_link (project_id, "user", visitor);

-- What of ids was refused because they name nobody; values are those of a fixed list.
CREATE TABLE analytics.identity_refused (
    project_id text NOT NULL,
    field text NOT NULL CHECK (field IN ('visitor', 'user', 'previous', 'group')),
    value text NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (project_id, field, value)
);

CREATE TABLE analytics.membership (
    project_id text NOT NULL,
    "group" uuid NOT NULL,
    member uuid NOT NULL,
    member_is text NOT NULL CHECK (member_is IN ('user', 'visitor')),
    since timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (project_id, "group", member)
);
CREATE INDEX membership_member ON analytics.membership (project_id, member);

-- Owners' decisions, kept with who and when; the newest is the one that was not taken back.
CREATE TABLE analytics.identity_unlink (
    project_id text NOT NULL,
    visitor uuid NOT NULL,
    "user" uuid NOT NULL,
    undone_at timestamptz NOT NULL,             -- signs up to here no longer link; those after it do
    undone_by text NOT NULL,
    reason text,
    restored_at timestamptz,
    restored_by text,
    PRIMARY KEY (project_id, visitor, "user", undone_at)
);

CREATE TABLE analytics.identity_merge (
    project_id text NOT NULL,
    "user" uuid NOT NULL,
    into_user uuid NOT NULL CHECK (into_user <> "user"),
    merged_at timestamptz NOT NULL,
    merged_by text NOT NULL,
    reason text,
    undone_at timestamptz,
    undone_by text,
    PRIMARY KEY (project_id, "user", into_user, merged_at)
);
CREATE UNIQUE INDEX identity_merge_in_force ON analytics.identity_merge (project_id, "user") WHERE undone_at IS NULL;
CREATE INDEX identity_merge_into ON analytics.identity_merge (project_id, into_user) WHERE undone_at IS NULL;

-- Which signs link? Not those that were undone, nor an alias whose previous id has proved to be a user's.
CREATE VIEW analytics.identity_link_in_force AS
SELECT l.*
FROM analytics.identity_link l
WHERE NOT EXISTS (
    SELECT FROM analytics.identity_unlink u
    WHERE u.project_id = l.project_id AND u.visitor = l.visitor AND u."user" = l."user"
      AND u.restored_at IS NULL AND l.seen_at <= u.undone_at
) AND NOT (l.alias AND EXISTS (
    SELECT FROM analytics.identity_link k
    WHERE k.project_id = l.project_id AND k."user" = l.previous AND NOT k.alias
));

-- Which merges of two users have events asked for, and what did the owner decide?
CREATE VIEW analytics.identity_proposal AS
SELECT a.project_id, a.previous AS "user", a."user" AS into_user, a.seen_at AS proposed_at, a.event_id,
       CASE WHEN m.merged_at IS NULL OR m.undone_at < a.last_seen_at THEN 'proposed'
            WHEN m.undone_at IS NULL THEN 'merged' ELSE 'undone' END AS status
FROM (
    SELECT DISTINCT ON (project_id, previous, "user") project_id, previous, "user", seen_at, event_id,
           max(seen_at) OVER (PARTITION BY project_id, previous, "user") AS last_seen_at
    FROM analytics.identity_link
    WHERE alias
    ORDER BY project_id, previous, "user", seen_at, event_id
) a
LEFT JOIN LATERAL (
    SELECT merged_at, undone_at FROM analytics.identity_merge m
    WHERE m.project_id = a.project_id AND m."user" = a.previous AND m.into_user = a."user"
    ORDER BY merged_at DESC
    LIMIT 1
) m ON true
WHERE EXISTS (
    SELECT FROM analytics.identity_link k
    WHERE k.project_id = a.project_id AND k."user" = a.previous AND NOT k.alias
);

-- Who is a user, given the merges in force?
CREATE FUNCTION analytics.merged_into(project text, merged uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way AS (
        SELECT merged AS "user", 0 AS step
        UNION ALL
        SELECT m.into_user, way.step + 1
        FROM way JOIN analytics.identity_merge m ON m.project_id = project AND m."user" = way."user" AND m.undone_at IS NULL
    )
    SELECT "user" FROM way ORDER BY step DESC LIMIT 1
$$;

-- Whose is a visitor, from when to when? A null since is "from the first event on", a null until "to this day". The
-- person is the user, by merges; or nobody but the visitor itself where more than 10 users share the visitor or
-- more than 500 visitors share the user (the limits of gooddata/intelligence/identities/limits.py).
CREATE VIEW analytics.person_span AS
SELECT project_id, visitor, "user", since, until, event_id, type, visitor_shared, user_shared,
       CASE
           WHEN visitor_shared OR user_shared THEN visitor
           WHEN EXISTS (
               SELECT FROM analytics.identity_merge m
               WHERE m.project_id = t.project_id AND m."user" = t."user" AND m.undone_at IS NULL
           ) THEN analytics.merged_into(project_id, "user")
           ELSE "user"
       END AS person
FROM (
    SELECT project_id, visitor, "user", event_id, type,
           CASE WHEN before IS NOT NULL THEN seen_at END AS since,
           lead(seen_at) OVER in_order AS until,
           count(*) OVER (PARTITION BY project_id, visitor) > 10 AND (SELECT count(*) > 10 FROM (
               SELECT DISTINCT l."user" FROM analytics.identity_link_in_force l
               WHERE l.project_id = s.project_id AND l.visitor = s.visitor LIMIT 11
           ) users) AS visitor_shared,
           (SELECT count(*) > 500 FROM (
               SELECT DISTINCT l.visitor FROM analytics.identity_link_in_force l
               WHERE l.project_id = s.project_id AND l."user" = s."user" LIMIT 501
           ) visitors) AS user_shared
    FROM (
        SELECT *, lag("user") OVER (PARTITION BY project_id, visitor ORDER BY seen_at, event_id, "user") AS before
        FROM analytics.identity_link_in_force
    ) s
    WHERE before IS DISTINCT FROM "user"
    WINDOW in_order AS (PARTITION BY project_id, visitor ORDER BY seen_at, event_id, "user")
) t;

-- Whose is a visitor at a moment? A session belongs to whom its visitor belongs to when it ends (last_at), so that the
-- visit in which somebody signs in is theirs.
CREATE FUNCTION analytics.person(project text, visitor uuid, at timestamptz) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT s.person FROM analytics.person_span s
        WHERE s.project_id = project AND s.visitor = person.visitor
          AND (s.since IS NULL OR s.since <= at) AND (s.until IS NULL OR at < s.until)
    ), person.visitor)
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.identity_link, analytics.identity_refused, analytics.membership
    TO gooddata_worker;
GRANT SELECT ON analytics.identity_unlink TO gooddata_worker;
GRANT SELECT ON analytics.identity_link, analytics.identity_refused, analytics.membership, analytics.identity_unlink,
    analytics.identity_merge, analytics.identity_link_in_force, analytics.identity_proposal, analytics.person_span
    TO gooddata_dashboard;
