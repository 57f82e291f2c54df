"""The standing jobs: what is worked out every so often for every project, beside rounds and training."""

from gooddata.intelligence.anomalies.watch import ANOMALIES
from gooddata.intelligence.automated.keep import AUTOMATION
from gooddata.intelligence.insights.keep import INSIGHTS
from gooddata.intelligence.jobs import Job
from gooddata.intelligence.quality.keep import QUALITY
from gooddata.intelligence.recommend.keep import RECOMMENDATIONS
from gooddata.intelligence.returns.keep import RETURNS
from gooddata.intelligence.segments.keep import SEGMENTS

JOBS: tuple[Job, ...] = (ANOMALIES, INSIGHTS, AUTOMATION, SEGMENTS, RECOMMENDATIONS, RETURNS, QUALITY)
