import { api } from "../../api";
import type { Ledger } from "../../api/traffic";
import { Answer, Skeleton } from "../../elements/answer";
import { Icon } from "../../elements/icons";
import { Panel } from "../../elements/panel";
import { exactCount, share } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { inWords } from "../reason";
import { ribbon } from "./ribbon";
import { termsOf } from "./terms";
import "./flow.css";

const LEDGER_MS = 5000;
const ROW = 56;
const MOST = 46;
const LEAST = 3;

const MEANING: Record<string, string> = {
  stored: "new, and durable in the log",
  duplicate: "sent again, counted once",
  rejected: "unusable; the sender was told why",
  dropped: "valid, and left out by a rule",
};

/** Where every received event went, since the project began, as a flow: the parts add up to the whole. */
export function Flow({ project, live }: OwnerPageProps) {
  const ledger = useResource(
    `ledger ${project.id}`,
    // Replayed events are old, but were received now: the ledger is of all time.
    (abort) => api.ledger({ project: project.id, from: 0, to: Date.now() }, abort),
    { beat: live.beat, atLeastMs: LEDGER_MS, idleMs: 6 * LEDGER_MS },
  );
  return (
    <Panel title="Where every event went" note="since the project began" class="flow">
      <Answer
        of={ledger}
        skeleton={<Skeleton height={4 * ROW} />}
        nothing={({ received }) => (received === 0 ? "Nothing has been received yet." : null)}
      >
        {(data) => <Ribbons ledger={data} />}
      </Answer>
    </Panel>
  );
}

function Ribbons({ ledger }: { ledger: Ledger }) {
  const terms = termsOf(ledger);
  const open = ledger.received - terms.reduce((sum, term) => sum + term.total, 0);
  const height = terms.length * ROW;
  let from = 0;
  return (
    <>
      <div class="flow-picture">
        <div class="flow-in">
          <b class="number">{exactCount(ledger.received)}</b>
          <span>received</span>
        </div>
        <svg
          viewBox={`0 0 100 ${height}`}
          preserveAspectRatio="none"
          style={{ height: `${height}px` }}
          aria-hidden="true"
        >
          {terms.map((term, index) => {
            const part = term.total / ledger.received;
            const start = from;
            from += part * height;
            if (term.total === 0) return null;
            const thick = Math.max(LEAST, part * MOST);
            const middle = index * ROW + ROW / 2;
            return (
              <path key={term.name} class={term.name} d={ribbon(start, Math.max(start + LEAST, from), middle, thick)} />
            );
          })}
        </svg>
        <ul class="flow-out">
          {terms.map((term) => (
            <li key={term.name} style={{ height: `${ROW}px` }}>
              <span class="flow-name">
                <b class="number">{exactCount(term.total)}</b> {term.name}
                <span class="hint number">{share(term.total / ledger.received)}</span>
              </span>
              <small>
                {term.reasons.length
                  ? term.reasons
                      .slice(0, 3)
                      .map(([reason, events]) => `${exactCount(events)} × ${inWords(reason)}`)
                      .join(" · ")
                  : MEANING[term.name]}
              </small>
            </li>
          ))}
        </ul>
      </div>
      <p class={`flow-verdict ${open === 0 ? "" : "open"}`}>
        {open === 0 ? (
          <>
            <Icon name="check" /> It adds up: {terms.map((term) => exactCount(term.total)).join(" + ")} ={" "}
            {exactCount(ledger.received)}
          </>
        ) : (
          `${exactCount(Math.abs(open))} ${open > 0 ? "not decided yet" : "more than received"}`
        )}
      </p>
    </>
  );
}
