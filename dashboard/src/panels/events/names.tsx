import { useSignal } from "@preact/signals";
import { type EventRow, events } from "../../api/events";
import { now } from "../../clock";
import { Answer, Skeleton } from "../../elements/answer";
import { Icon } from "../../elements/icons";
import { More } from "../../elements/more";
import { Panel } from "../../elements/panel";
import { ago, change, count, plural } from "../../format";
import { ask } from "../../location";
import { paceOf, periodOf, type Question } from "../../pages/question";
import { previousLabel } from "../../range";
import { useResource } from "../../resource";

const ROWS = 10;
const MOST_ROWS = 1000;

/** All names of events; one is clicked to look into it. */
export function EventNames({ question, chosen }: { question: Question; chosen: string | null }) {
  const isWhole = useSignal(false);
  const names = useResource(
    `events ${question.key} ${isWhole.value}`,
    (abort) => events.names({ ...periodOf(question), limit: isWhole.value ? MOST_ROWS : ROWS }, abort),
    paceOf(question),
  );
  const compared = previousLabel(question.range);
  return (
    <Panel
      title="Events"
      note={chosen === null ? "choose one to look into it" : names.data && plural(names.data.names, "name")}
      busy={names.outdated}
    >
      <Answer
        of={names}
        skeleton={<Skeleton rows={6} height={34} />}
        nothing={({ rows }) => (rows.length === 0 ? "No events in this range." : null)}
      >
        {(answer) => (
          <>
            <div class="scrolls">
              <Names rows={answer.rows} compared={compared} chosen={chosen} />
            </div>
            {(isWhole.value || answer.names > ROWS) && (
              <More
                isWhole={isWhole.value}
                more={`Show all ${count(answer.names)}`}
                onChange={(whole) => {
                  isWhole.value = whole;
                }}
              />
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Names({ rows, compared, chosen }: { rows: EventRow[]; compared: string | null; chosen: string | null }) {
  // Without a period before, those that were only there then are of no use.
  const shown = compared === null ? rows.filter((row) => row.events > 0) : rows;
  const most = Math.max(1, ...shown.map((row) => row.events));
  return (
    <table class="event-names">
      <caption class="sr-only">Events by name</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Name</span>
          </th>
          <th scope="col">Events</th>
          {compared && <th scope="col">Change</th>}
          <th scope="col">Visitors</th>
          <th scope="col" class="on-screens">
            Sessions
          </th>
          <th scope="col" class="on-screens">
            Each visitor
          </th>
          <th scope="col" class="on-screens">
            Last
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((row) => (
          <tr key={row.event} class={row.event === chosen ? "chosen" : ""}>
            <th scope="row">
              <span class="bar" style={{ transform: `scaleX(${row.events / most})` }} aria-hidden="true" />
              <button
                type="button"
                class="name clip"
                aria-pressed={row.event === chosen}
                title={row.event}
                onClick={() => ask({ event: row.event === chosen ? [] : [row.event], property: [], where: [] })}
              >
                {row.event}
              </button>
            </th>
            <td class="main number">{count(row.events)}</td>
            {compared && <Change row={row} compared={compared} />}
            <td class="number">{count(row.visitors)}</td>
            <td class="number on-screens">{count(row.sessions)}</td>
            <td class="number on-screens">{row.per_visitor === null ? "–" : row.per_visitor.toFixed(1)}</td>
            <td class="number on-screens">{row.last_at === null ? "–" : ago(row.last_at, now.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Change({ row, compared }: { row: EventRow; compared: string }) {
  const difference = change(row.events, row.previous.events);
  return (
    <td class="number change" title={`${count(row.previous.events)} in ${compared}`}>
      {difference && (
        <>
          {difference.direction !== "same" && <Icon name={difference.direction} size={12} />}
          <span class="sr-only">{difference.direction} by</span> {difference.text}
        </>
      )}
    </td>
  );
}
