"""The standing jobs: what is worked out every so often for every project, beside rounds and training."""

from gooddata.intelligence.insights.keep import SECONDS, keep_insights
from gooddata.intelligence.jobs import Job

JOBS: tuple[Job, ...] = (Job("insights", SECONDS, keep_insights),)
