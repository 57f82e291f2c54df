import type { Session } from "../api/sessions";
import { plural, share } from "../format";
import "./score-strip.css";

interface Props {
  sessions: Session[];
  /** Epoch milliseconds: a session last seen before this is drawn faintly. */
  activeSince: number;
  onOpen: (session: string) => void;
}

const MARKS = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1];

/** Most shoppers do not buy: a square-root axis gives the low probabilities, where nearly all of them are, room. */
function along(probability: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, probability)));
}

/**
 * One dot a session, at its probability to convert; it glides as the score changes.
 *
 * For the pointer only: the sessions list below has the same figures for the keyboard and for screen readers.
 */
export function ScoreStrip({ sessions, activeSince, onOpen }: Props) {
  const scored = sessions.filter((session) => scoreOf(session) !== null);
  const unscored = sessions.filter((session) => scoreOf(session) === null);
  const dot = (session: Session, x: number) => (
    // biome-ignore lint/a11y/noStaticElementInteractions: a pointer shortcut to what the list below offers to all
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <span
      key={session.session}
      class={dotClass(session, activeSince)}
      style={{ "--x": x, "--y": 0.1 + 0.8 * scatter(session.session) }}
      title={`${session.visitor}: ${scoreOf(session) === null ? "no opinion" : share(scoreOf(session))}`}
      onClick={() => onOpen(session.session)}
    />
  );
  return (
    <div class="score-strip" role="img" aria-label={inWords(scored, unscored)}>
      <div class="field unknown">
        {unscored.map((session) => dot(session, 0.1 + 0.8 * scatter(session.session.slice(3))))}
      </div>
      <div class="field known">
        {MARKS.map((mark) => (
          <span key={mark} class="mark" style={{ left: `${along(mark) * 100}%` }} />
        ))}
        {scored.length === 0 && <span class="idle-note">{noScoresBecause(unscored)}</span>}
        {scored.map((session) => dot(session, along(scoreOf(session) ?? 0)))}
      </div>
      <div class="axis unknown">no opinion</div>
      <div class="axis number">
        {MARKS.slice(1).map((mark) => (
          <span key={mark} style={{ left: `${along(mark) * 100}%` }}>
            {share(mark)}
          </span>
        ))}
      </div>
    </div>
  );
}

function scoreOf(session: Session): number | null {
  const score = session.scores.conversion;
  return score && !score.abstained ? score.score : null;
}

function dotClass(session: Session, activeSince: number): string {
  return [
    "dot",
    session.simulated ? "simulated" : "real",
    session.converted ? "converted" : "",
    session.last_at < activeSince ? "idle" : "",
  ].join(" ");
}

/** 0 to 1 from an id, always the same, so that a dot keeps its height while it moves. */
function scatter(id: string): number {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 16777619);
  }
  // The low bits of this hash are poor: fold the high ones in.
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

function noScoresBecause(unscored: Session[]): string {
  if (unscored.length === 0) return "A dot appears here for every session, and moves as it goes.";
  const reason = unscored.find(({ scores }) => scores.conversion?.reason)?.scores.conversion?.reason;
  return reason ? `No scores: ${reason}` : "No scores yet.";
}

function inWords(scored: Session[], unscored: Session[]): string {
  const best = scored.reduce((most, session) => Math.max(most, scoreOf(session) ?? 0), 0);
  const known = scored.length
    ? `${plural(scored.length, "live session")} with a score, the highest ${share(best)}`
    : "No live session has a score";
  return `${known}; ${plural(unscored.length, "session")} without an opinion.`;
}
