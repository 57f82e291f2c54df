import type { Replayed } from "../../api/owner";
import { exactCount, plural } from "../../format";
import { inWords } from "../reason";

/** What became of events that were sent again; what there was none of is not said. */
export function outcomeInWords(report: Replayed): string {
  const refused = Object.entries(report.rejected).map(
    ([reason, events]) => `${exactCount(events)} × ${inWords(reason)}`,
  );
  const parts = [
    `${plural(report.offered, "event")} sent again`,
    report.accepted > 0 && `${exactCount(report.accepted)} taken in`,
    report.duplicate > 0 && `${exactCount(report.duplicate)} known already`,
    report.spooled > 0 && `${exactCount(report.spooled)} waiting on disk`,
    report.dropped > 0 && `${exactCount(report.dropped)} left out by a rule`,
    refused.length > 0 && `refused again: ${refused.join(", ")}`,
    report.cut > 0 && `${exactCount(report.cut)} kept in part and not sent`,
    report.stopped && `stopped: ${report.stopped}`,
  ].filter(Boolean);
  return `${parts.join("; ")}.`;
}
