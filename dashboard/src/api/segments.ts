/** Segments that analysts have saved. Changing takes a signed-in browser. */

import { address, get } from "./request";
import { send } from "./send";

export interface AskedSegment {
  name: string;
  /** As filters.ts writes them; all must hold. */
  filters: string[];
  days: number;
}

export interface SavedSegment extends AskedSegment {
  segment: string;
  made_at: number;
  /** An e-mail address; null of an account that is gone. */
  made_by: string | null;
  changed_at: number | null;
  changed_by: string | null;
}

export interface SegmentSize {
  /** Where days begin, in epoch milliseconds. */
  t: number[];
  visitors: number[];
  partial?: { since?: number; behind_hours?: number };
}

export const segmentsApi = {
  saved: (project: string, abort?: AbortSignal) => get<{ rules: SavedSegment[] }>("segments/rules", { project }, abort),
  size: (project: string, segment: string, abort?: AbortSignal) =>
    get<SegmentSize>(`segments/rules/${segment}/size`, { project }, abort),
  add: (project: string, asked: AskedSegment) =>
    send<{ segment: string }>("POST", "segments/rules", { project }, asked),
  change: (project: string, segment: string, asked: AskedSegment) =>
    send<{ segment: string }>("PUT", `segments/rules/${segment}`, { project }, asked),
  remove: (project: string, segment: string) =>
    send<null>("DELETE", `segments/rules/${segment}`, { project }, undefined),
};

/** Where the members are downloaded. */
export function membersUrl(project: string, segment: string, format: "csv" | "ndjson"): string {
  return address(`segments/rules/${segment}/members`, { project, format });
}
