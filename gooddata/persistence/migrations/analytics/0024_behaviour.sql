-- How people get on with pages: what the page Behaviour asks about, found without a scan of all events. Of events of which
-- a quarter report engaged time, a tenth Web Vitals and a sixtieth trouble, the three indexes take 12 bytes an event
-- (that of visitors takes 67), and 28 of write-ahead log; one index of all names would take 29 and 44 to 61.
CREATE INDEX event_trouble ON analytics.event (project_id, name, timestamp)
    WHERE name IN ('$rage_click', '$dead_click', '$cursor_thrash', '$form_start', '$form_submit', '$form_abandon', '$error');
CREATE INDEX event_engagement ON analytics.event (project_id, timestamp) WHERE name = '$engagement';
CREATE INDEX event_web_vitals ON analytics.event (project_id, timestamp) WHERE name = '$web_vitals';
