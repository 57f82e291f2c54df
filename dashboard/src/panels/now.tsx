import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LiveView, Session } from "../api/sessions";
import { ScoreStrip } from "../charts/score-strip";
import { now } from "../clock";
import { count, duration } from "../format";
import type { Live } from "../live";
import { MINUTE } from "../range";
import "./now.css";

const ACTIVE_MS = 5 * MINUTE;
const PAGES_SHOWN = 5;
/** Read out now and then: a number that changes every second would drown everything else. */
const SPEAK_EVERY_MS = 30_000;

/** The present: how many visitors there are, how likely each is to convert, and what they look at. */
export function Now({ live, onOpen }: { live: Live; onOpen: (session: string) => void }) {
  const view = live.view.value;
  const sessions = view?.sessions ?? [];
  const activeSince = now.value - ACTIVE_MS;
  const isLive = live.connection.value === "live";
  return (
    <section class="now" aria-labelledby="now-heading">
      <div class="headcount">
        <h2 id="now-heading">
          <span class={`pulse ${isLive ? "" : "still"}`} aria-hidden="true" />
          Visitors now
        </h2>
        <p class="big">{count(view?.visitors)}</p>
        <p class="small">
          <span>
            <b class="number">{count(view && Math.round(view.events_per_minute))}</b> events a minute
          </span>
          <span>
            <b class="number">{duration(view?.lag_ms)}</b> pipeline lag
          </span>
        </p>
        <Spoken view={view} />
      </div>
      <div class="chances">
        <div class="chances-head">
          <h3>Chance that each will convert</h3>
          <ul class="key">
            <li>
              <i class="real" aria-hidden="true" /> real
            </li>
            {sessions.some((session) => session.simulated) && (
              <li>
                <i aria-hidden="true" /> simulated
              </li>
            )}
            <li>
              <i class="converted" aria-hidden="true" /> has converted
            </li>
          </ul>
        </div>
        <ScoreStrip sessions={sessions} activeSince={activeSince} onOpen={onOpen} />
      </div>
      <div class="looking">
        <h3>Looking at</h3>
        <PagesNow sessions={sessions.filter((session) => session.last_at >= activeSince)} />
      </div>
    </section>
  );
}

function PagesNow({ sessions }: { sessions: Session[] }) {
  const pages = new Map<string, number>();
  for (const { page } of sessions) if (page) pages.set(page, (pages.get(page) ?? 0) + 1);
  const busiest = [...pages].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, PAGES_SHOWN);
  if (busiest.length === 0) return <p class="waiting">Nobody is here at the moment.</p>;
  return (
    <ol>
      {busiest.map(([page, visitors]) => (
        <li key={page}>
          <span class="clip" title={page}>
            {page}
          </span>
          <b class="number">{visitors}</b>
        </li>
      ))}
    </ol>
  );
}

function Spoken({ view }: { view: LiveView | null }) {
  const text = useSignal("");
  const visitors = view?.visitors;
  const beat = Math.floor(now.value / SPEAK_EVERY_MS);
  useEffect(() => {
    if (visitors !== undefined) text.value = `${visitors} visitors now`;
    // `visitors` is left out on purpose, except for its first value.
  }, [beat, visitors === undefined]);
  return (
    <span class="sr-only" aria-live="polite">
      {text}
    </span>
  );
}
