-- How many exposures of project $1 from $2 to $3 name no intervention, or no variant that there is?
SELECT count(*)
FROM analytics.event
WHERE project_id = $1 AND timestamp >= $2 AND timestamp < $3
  AND name IN ('$exposure', '$exposure_click', '$exposure_dismiss')
  AND (properties ->> 'intervention' IS NULL OR name = '$exposure' AND properties ->> 'variant' NOT IN ('shown', 'holdout')
       OR name = '$exposure' AND properties ->> 'variant' IS NULL)
