import { useSignal } from "@preact/signals";
import { api } from "../api";
import type { Session } from "../api/sessions";
import { now } from "../clock";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { Panel } from "../elements/panel";
import { openSession } from "../location";
import { paceOf, periodOf, type Question } from "../pages/question";
import { MINUTE } from "../range";
import { type Resource, useResource } from "../resource";
import { type Order, useCalmOrder } from "./session-order";
import { SessionRow } from "./session-row";
import "./sessions.css";

type Which = "live" | "range";

const ROWS_AT_FIRST = 10;
const ACTIVE_MS = 5 * MINUTE;

/** Sessions with their scores: those that happen now, or the newest of the chosen range. */
export function Sessions({ question, onOpen }: { question: Question; onOpen: (session: string) => void }) {
  const wanted = useSignal<Which | null>(null);
  const order = useSignal<Order>("newest");
  const view = question.live.view.value;
  const liveIsEmpty = view !== null && view.sessions.length === 0;
  const which = wanted.value ?? (liveIsEmpty || !question.window().live ? "range" : "live");
  const inRange = useResource(
    which === "range" ? question.key : null,
    async (abort) => (await api.sessions({ ...periodOf(question), limit: 50 }, abort)).sessions,
    paceOf(question),
  );
  const shown: Resource<Session[]> =
    which === "range" ? inRange : { data: view?.sessions ?? null, error: null, outdated: false, retry: () => {} };
  return (
    <Panel
      title="Sessions"
      note={which === "live" ? "as they happen" : "the newest of the range"}
      busy={shown.outdated}
      class="sessions"
      controls={
        <div class="session-controls">
          <Choice
            label="Order"
            look="plain"
            options={[
              { value: "newest", text: "Newest" },
              { value: "score", text: "Highest chance" },
            ]}
            value={order.value}
            onChoose={(value) => {
              order.value = value;
            }}
          />
          <Choice
            label="Which sessions"
            options={[
              { value: "live", text: "Live" },
              { value: "range", text: "Whole range" },
            ]}
            value={which}
            onChoose={(value) => {
              wanted.value = value;
            }}
          />
        </div>
      }
    >
      <Answer
        of={shown}
        skeleton={<Skeleton rows={8} height={38} />}
        nothing={(sessions) =>
          sessions.length > 0 ? null : which === "live" ? "Nobody is here at the moment." : "No sessions in this range."
        }
      >
        {(sessions) => <SessionTable key={which} sessions={sessions} order={order.value} onOpen={onOpen} />}
      </Answer>
    </Panel>
  );
}

interface TableProps {
  sessions: Session[];
  order: Order;
  onOpen: (session: string) => void;
}

function SessionTable({ sessions, order, onOpen }: TableProps) {
  const all = useSignal(false);
  // Behind an open session the list stays, so that closing it leads back to the row that opened it.
  const { ordered, hold, release } = useCalmOrder(sessions, order, openSession.value !== null);
  const rows = all.value ? ordered : ordered.slice(0, ROWS_AT_FIRST);
  const reason = commonReason(sessions);
  return (
    <>
      {reason && (
        <p class="all-abstain">
          No scores for these sessions: <strong>{reason}</strong>
        </p>
      )}
      <table onMouseEnter={hold} onMouseLeave={release} onFocusCapture={hold} onBlurCapture={release}>
        <caption class="sr-only">Sessions and their chance to convert</caption>
        <thead>
          <tr>
            <th scope="col" class="col-who">
              Visitor
            </th>
            <th scope="col" class="middle">
              Page
            </th>
            <th scope="col" class="middle right col-figure">
              Events
            </th>
            <th scope="col" class="middle right col-figure">
              Engaged
            </th>
            <th scope="col" class="wide col-source">
              Source
            </th>
            <th scope="col" class="wide col-device">
              Device
            </th>
            <th scope="col" class="middle col-seen">
              Seen
            </th>
            <th scope="col">Chance to convert</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((session) => (
            <SessionRow
              key={session.session}
              session={session}
              isActive={session.last_at >= now.value - ACTIVE_MS}
              now={now.value}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
      {sessions.length > ROWS_AT_FIRST && (
        <p class="more">
          <button
            type="button"
            class="button"
            aria-expanded={all.value}
            onClick={() => {
              all.value = !all.value;
            }}
          >
            {all.value ? "Show fewer" : `Show all ${sessions.length}`}
          </button>
        </p>
      )}
    </>
  );
}

/** Where the model abstains everywhere for one reason, it is said once, above. */
function commonReason(sessions: Session[]): string | null {
  const reasons = new Set(
    sessions.map(({ scores }) => (scores.conversion?.abstained ? scores.conversion.reason : null)),
  );
  const [only] = reasons;
  return reasons.size === 1 && only ? only : null;
}
