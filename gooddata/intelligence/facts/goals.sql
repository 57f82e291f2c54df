-- Which events are goals, in each project there is, and which properties are allowed?
SELECT p.project_id,
       ARRAY(SELECT event_name FROM control.goal g WHERE g.project_id = p.project_id) AS goals,
       ARRAY(SELECT name FROM control.property a WHERE a.project_id = p.project_id) AS properties
FROM control.project p
