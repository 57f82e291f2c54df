"""Real event logs, and simulated shoppers, through the HTTP API.

A file comes in (`source`), line by line as rows (`retailrocket`, `combined`, `ndjson`, `posthog`,
`umami`, `ga4`), and leaves as events in batches
(`feed`, `lane`). Every row is one event, under an id that depends only on the file's content and the line, so that
sending a file again changes nothing; what the API answered is counted in a `Report`.
"""

from gooddata.replay.command import run
from gooddata.replay.feed import replay
from gooddata.replay.formats import FORMATS
from gooddata.replay.report import Report
from gooddata.replay.source import Source

__all__ = ["FORMATS", "Report", "Source", "replay", "run"]
