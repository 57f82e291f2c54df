import { duration, plural } from "../../format";

/** How far the archive is behind the event log. */
export function archiveInWords(archive: { behind: number; lag_ms: number }): string {
  if (archive.behind === 0) return "up to date";
  return `${plural(archive.behind, "message")}, ${duration(archive.lag_ms)}`;
}
