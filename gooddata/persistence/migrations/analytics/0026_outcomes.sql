-- What may come of something that was shown to a visitor: goals, clicks and dismissals, and what was put into the cart and
-- ordered. Few events are of these, so that questions about exposures need not read all that a visitor did.
CREATE INDEX event_outcome ON analytics.event (project_id, visitor, timestamp)
    WHERE goal OR name IN ('$exposure_click', '$exposure_dismiss', 'Order Completed', 'Product Added', 'Product Removed');
