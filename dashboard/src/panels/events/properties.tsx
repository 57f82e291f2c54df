import { events, type Properties } from "../../api/events";
import { Answer, Skeleton } from "../../elements/answer";
import { Icon } from "../../elements/icons";
import { Panel } from "../../elements/panel";
import { parseCondition, printCondition, propertyInWords } from "../../event-properties";
import { count, share } from "../../format";
import { ask, hrefOf, showPage } from "../../location";
import { paceOf, periodOf, type Question } from "../../pages/question";
import { useResource } from "../../resource";

interface Props {
  question: Question;
  event: string;
  where: string[];
  chosen: string | null;
}

/** Which properties the events of one name have; one is clicked to see its values. */
export function EventProperties({ question, event, where, chosen }: Props) {
  const properties = useResource(
    ["properties", question.key, event, ...where].join(" "),
    (abort) => events.properties({ ...periodOf(question), event, where }, abort),
    paceOf(question),
  );
  return (
    <Panel
      title="Properties"
      note={properties.data && sampleInWords(properties.data)}
      busy={properties.outdated}
      class="half event-properties"
    >
      <Conditions where={where} />
      <Answer
        of={properties}
        skeleton={<Skeleton rows={5} height={34} />}
        nothing={({ events }) => (events === 0 ? "No event in this range has that." : null)}
      >
        {(answer) => (
          <>
            {answer.properties.length > 0 && <Table answer={answer} chosen={chosen} />}
            <Rule answer={answer} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** Null where everything was read. */
export function sampleInWords({ sampled, read, of }: { sampled: boolean; read: number; of: number }): string | null {
  return sampled ? `estimated from ${count(read)} of ${count(of)} events` : null;
}

function Conditions({ where }: { where: string[] }) {
  if (where.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Only events of which">
      {where.map((text) => {
        const { property, value } = parseCondition(text) ?? { property: text, value: "" };
        return (
          <li key={text} class="chip">
            <span>{propertyInWords(property)} is</span>
            <b class="clip">{value}</b>
            <button
              type="button"
              class="take-away"
              aria-label={`Take away: ${propertyInWords(property)} is ${value}`}
              onClick={() => ask({ where: where.filter((each) => each !== printCondition({ property, value })) })}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Table({ answer, chosen }: { answer: Properties; chosen: string | null }) {
  return (
    <table class="event-names">
      <caption class="sr-only">Properties of {answer.event}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Property</span>
          </th>
          <th scope="col">Has it</th>
          <th scope="col">Values</th>
        </tr>
      </thead>
      <tbody>
        {answer.properties.map((each) => (
          <tr key={each.property} class={each.property === chosen ? "chosen" : ""}>
            <th scope="row">
              <span
                class="bar"
                style={{ transform: `scaleX(${answer.events ? each.events / answer.events : 0})` }}
                aria-hidden="true"
              />
              <button
                type="button"
                class="name"
                aria-pressed={each.property === chosen}
                onClick={() => ask({ property: each.property === chosen ? [] : [each.property] })}
              >
                <span class="clip">{propertyInWords(each.property)}</span> <small>{each.kind}</small>
              </button>
            </th>
            <td class="main number" title={`${count(each.events)} events`}>
              {share(answer.events ? each.events / answer.events : null)}
            </td>
            <td class="number">{count(each.values)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What an owner has to do with it. */
function Rule({ answer }: { answer: Properties }) {
  const sent = new Set(answer.properties.map(({ property }) => property));
  const missing = answer.allowed.filter((name) => !sent.has(name));
  return (
    <p class="rule">
      {answer.allowed.length === 0
        ? "Of an event's own properties, analytics holds those alone that an owner allows by name. None is allowed so far: "
        : missing.length > 0
          ? `Allowed, but not among these events: ${missing.join(", ")}. `
          : "Other properties are held back until an owner allows them: "}
      <a
        href={hrefOf("/settings")}
        onClick={(click) => {
          if (click.metaKey || click.ctrlKey || click.shiftKey || click.button !== 0) return;
          click.preventDefault();
          showPage("/settings");
        }}
      >
        Settings, Properties in analytics
      </a>
    </p>
  );
}
