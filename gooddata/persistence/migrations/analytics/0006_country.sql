-- Where an event came from: an ISO 3166 alpha-2 code that its request told, null where nothing tells. It is a dimension
-- of analytics.rollup_minute, too.

ALTER TABLE analytics.event ADD country text;
ALTER TABLE analytics.session ADD country text;
