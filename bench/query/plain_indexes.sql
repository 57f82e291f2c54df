-- What such a table is usually searched by.
CREATE UNIQUE INDEX event_key ON plain.event (event_id);
CREATE INDEX event_time ON plain.event (project_id, timestamp);
CREATE INDEX event_path ON plain.event (project_id, timestamp, path);
CREATE INDEX event_name ON plain.event (project_id, timestamp, name);
CREATE INDEX event_session ON plain.event (project_id, session_id, timestamp);
CREATE INDEX event_visitor ON plain.event (project_id, visitor, timestamp)
