import { useSignal } from "@preact/signals";
import { events, type Value, type ValueRow, type Values } from "../../api/events";
import { Answer, Skeleton } from "../../elements/answer";
import { More } from "../../elements/more";
import { Panel } from "../../elements/panel";
import { propertyInWords, valueInWords, withCondition } from "../../event-properties";
import { amount, count, share } from "../../format";
import { ask } from "../../location";
import { paceOf, periodOf, type Question } from "../../pages/question";
import { useResource } from "../../resource";
import { Histogram } from "./histogram";
import { sampleInWords } from "./properties";

const ROWS = 10;
const MOST_ROWS = 200;

interface Props {
  question: Question;
  event: string;
  where: string[];
  property: string | null;
}

/** The values of one property: of numbers how they spread, and which are most frequent. */
export function PropertyValues({ question, event, where, property }: Props) {
  const isWhole = useSignal(false);
  const limit = isWhole.value ? MOST_ROWS : ROWS;
  const values = useResource(
    property === null ? null : ["values", question.key, event, property, limit, ...where].join(" "),
    (abort) => events.values({ ...periodOf(question), event, property: property ?? "", where, limit }, abort),
    paceOf(question),
  );
  if (property === null) {
    return (
      <Panel title="Values" class="half event-values">
        <div class="nothing">Choose a property to see its values.</div>
      </Panel>
    );
  }
  return (
    <Panel
      title={propertyInWords(property)}
      note={values.data && sampleInWords(values.data)}
      busy={values.outdated}
      class="half event-values"
    >
      <Answer
        of={values}
        skeleton={<Skeleton rows={5} height={34} />}
        nothing={({ events }) => (events === 0 ? "None of these events has it." : null)}
      >
        {(answer) => (
          <>
            {answer.numbers && <Histogram numbers={answer.numbers} property={propertyInWords(answer.property)} />}
            {answer.numbers && answer.values > 1 && <h3>Most frequent</h3>}
            <Table answer={answer} onChoose={(value) => narrow(where, property, value)} />
            {(isWhole.value || answer.values > ROWS) && (
              <More
                isWhole={isWhole.value}
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

function narrow(where: string[], property: string, value: Value): void {
  const next = withCondition(where, property, value);
  if (next) ask({ where: next });
}

function Table({ answer, onChoose }: { answer: Values; onChoose: (value: Value) => void }) {
  const most = Math.max(1, ...answer.rows.map((row) => row.events));
  const bringsIn = answer.rows.some((row) => row.revenue !== null);
  return (
    <table class="event-names">
      <caption class="sr-only">Values of {propertyInWords(answer.property)}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Value</span>
          </th>
          <th scope="col">Events</th>
          <th scope="col">Share</th>
          <th scope="col">Visitors</th>
          {bringsIn && <th scope="col">Revenue</th>}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => (
          <tr key={`${typeof row.value} ${row.value}`}>
            <th scope="row">
              <span class="bar" style={{ transform: `scaleX(${row.events / most})` }} aria-hidden="true" />
              <ValueName row={row} property={answer.property} onChoose={onChoose} />
            </th>
            <td class="main number">{count(row.events)}</td>
            <td class="number">{share(answer.events ? row.events / answer.events : null)}</td>
            <td class="number" title={`in ${count(row.sessions)} sessions`}>
              {count(row.visitors)}
            </td>
            {bringsIn && <td class="number">{amount(row.revenue)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ValueName({ row, property, onChoose }: { row: ValueRow; property: string; onChoose: (value: Value) => void }) {
  const words = valueInWords(row.value);
  return (
    <button
      type="button"
      class="name clip"
      title={`${words}: look at events alone whose ${propertyInWords(property)} is that`}
      onClick={() => onChoose(row.value)}
    >
      {words}
    </button>
  );
}
