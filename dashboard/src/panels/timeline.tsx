import type { TimelineEntry } from "../api/sessions";
import { offset } from "../format";

/** A run of the same event, one after another, is one line: heartbeats come every few seconds. */
export interface TimelineRun {
  entry: TimelineEntry;
  times: number;
}

/** The engine's own events as people would say them. */
const SPOKEN: Record<string, string> = {
  $click: "Clicked",
  $scroll: "Scrolled",
  $engagement: "Stayed engaged",
  $leave: "Left the page",
};

const GOAL = "Order Completed";

export function Timeline({ entries, start }: { entries: TimelineEntry[]; start: number }) {
  return (
    <ol class="timeline">
      {runsOf(entries).map(({ entry, times }) => (
        <li key={`${entry.t} ${entry.type} ${entry.name}`} class={lookOf(entry)}>
          <time class="number" dateTime={new Date(entry.t).toISOString()}>
            {offset(entry.t - start)}
          </time>
          <span>
            <span class={entry.name?.startsWith("$") ? "quiet" : ""}>{spoken(entry)}</span>
            {times > 1 && <span class="quiet number"> ×{times}</span>}
            {entry.path && <span class="path mono">{entry.path}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function runsOf(entries: TimelineEntry[]): TimelineRun[] {
  const runs: TimelineRun[] = [];
  for (const entry of [...entries].sort((a, b) => a.t - b.t)) {
    const last = runs.at(-1);
    const same =
      last && last.entry.type === entry.type && last.entry.name === entry.name && last.entry.path === entry.path;
    if (last && same) last.times += 1;
    else runs.push({ entry, times: 1 });
  }
  return runs;
}

function spoken({ type, name }: TimelineEntry): string {
  if (type === "page") return name ? `Viewed ${name}` : "Viewed a page";
  if (type === "screen") return name ? `Saw the screen ${name}` : "Saw a screen";
  if (type === "identify") return "Was identified";
  return (name && (SPOKEN[name] ?? name)) || type;
}

function lookOf({ type, name }: TimelineEntry): string {
  if (name === GOAL) return "goal";
  if (type === "page" || type === "screen") return "page";
  return name?.startsWith("$") ? "" : "step";
}
