import { Fragment } from "preact";
import { api, type Ledger, type Project } from "../api";
import { Answer, Skeleton } from "../elements/answer";
import { Icon } from "../elements/icons";
import { Panel } from "../elements/panel";
import { duration, exactCount } from "../format";
import type { Live } from "../live";
import { useResource } from "../resource";
import "./ledger.css";

const LEDGER_MS = 5000;

interface Term {
  name: "stored" | "duplicate" | "rejected" | "dropped";
  total: number;
  reasons: [string, number][];
}

/** Where every received event went, since the project began: the parts add up to the whole, or the panel says by how much they do not. */
export function LedgerPanel({ project, live }: { project: Project; live: Live }) {
  const ledger = useResource(
    project.id,
    // Replayed events are old, but were received now: the ledger is asked about all time, whatever the page's range.
    (abort) => api.ledger({ project: project.id, from: 0, to: Date.now() }, abort),
    { beat: live.beat, atLeastMs: LEDGER_MS, idleMs: 6 * LEDGER_MS },
  );
  const lag = live.view.value?.lag_ms;
  return (
    <Panel
      title="Pipeline ledger"
      note={lag == null ? "since the project began" : `since the project began · workers ${duration(lag)} behind`}
      class="ledger"
    >
      <Answer
        of={ledger}
        skeleton={<Skeleton rows={2} height={32} />}
        nothing={({ received }) => (received === 0 ? "Nothing has been received yet." : null)}
      >
        {(data) => <Account ledger={data} />}
      </Answer>
    </Panel>
  );
}

function Account({ ledger }: { ledger: Ledger }) {
  const terms = termsOf(ledger);
  const open = ledger.received - terms.reduce((sum, term) => sum + term.total, 0);
  return (
    <>
      <div class="ledger-bar" aria-hidden="true">
        {terms.map(
          ({ name, total }) =>
            total > 0 && <span key={name} class={name} style={{ flexGrow: total / ledger.received }} />,
        )}
        {open > 0 && <span class="undecided" style={{ flexGrow: open / ledger.received }} />}
      </div>
      <div class="ledger-sum">
        <div class="term first">
          <b class="number">{exactCount(ledger.received)}</b>
          <span class="what">received</span>
        </div>
        {terms.map((term, index) => (
          <Fragment key={term.name}>
            <span class="sign">{index === 0 ? "=" : "+"}</span>
            <div class="term">
              <b class="number">{exactCount(term.total)}</b>
              <span class="what">
                <i class={term.name} aria-hidden="true" />
                {term.name}
              </span>
              <Reasons reasons={term.reasons} />
            </div>
          </Fragment>
        ))}
        <Verdict open={open} />
      </div>
    </>
  );
}

function Reasons({ reasons }: { reasons: [string, number][] }) {
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map(([reason, events]) => (
        <li key={reason}>
          <span>{reason.replaceAll("_", " ")}</span>
          <span class="number">{exactCount(events)}</span>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ open }: { open: number }) {
  if (open === 0) {
    return (
      <span class="verdict">
        <Icon name="check" /> adds up
      </span>
    );
  }
  return open > 0 ? (
    <span class="verdict waiting number">{exactCount(open)} not decided yet</span>
  ) : (
    <span class="verdict wrong number">{exactCount(-open)} more than received</span>
  );
}

export function termsOf(ledger: Ledger): Term[] {
  const sum = (reasons: Record<string, number>) => Object.values(reasons).reduce((total, each) => total + each, 0);
  const most = (reasons: Record<string, number>) => Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  return [
    { name: "stored", total: ledger.stored, reasons: [] },
    { name: "duplicate", total: ledger.duplicate, reasons: [] },
    { name: "rejected", total: sum(ledger.rejected), reasons: most(ledger.rejected) },
    { name: "dropped", total: sum(ledger.dropped), reasons: most(ledger.dropped) },
  ];
}
