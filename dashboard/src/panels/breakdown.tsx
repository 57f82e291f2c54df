import { useSignal } from "@preact/signals";
import { api } from "../api";
import type { BreakdownRow, Dimension, Metric } from "../api/traffic";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { More } from "../elements/more";
import { Panel } from "../elements/panel";
import { withFilter } from "../filters";
import { count } from "../format";
import { filterBy } from "../location";
import { paceOf, periodOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./breakdown.css";

interface DimensionLook {
  tab: string;
  /** The measure that the API sorts by. */
  measure: Metric;
  second?: { measure: Metric; heading: string };
  /** What a missing value means. */
  none: string;
}

const CONVERSIONS = { measure: "conversions", heading: "Conversions" } as const;
/** A session is counted at the page that it was entered by. */
const ENTRIES = { measure: "sessions", heading: "Entries" } as const;

const LOOKS: Record<Dimension, DimensionLook> = {
  page: { tab: "Pages", measure: "pageviews", second: ENTRIES, none: "unknown page" },
  entry: { tab: "Entry", measure: "sessions", second: CONVERSIONS, none: "unknown page" },
  exit: { tab: "Exit", measure: "sessions", second: CONVERSIONS, none: "unknown page" },
  event: { tab: "Events", measure: "events", none: "unnamed" },
  goal: { tab: "Goals", measure: "conversions", none: "unnamed" },
  source: { tab: "Source", measure: "sessions", second: CONVERSIONS, none: "direct or unknown" },
  campaign: { tab: "Campaign", measure: "sessions", second: CONVERSIONS, none: "no campaign" },
  device: { tab: "Device", measure: "sessions", second: CONVERSIONS, none: "unknown" },
  browser: { tab: "Browser", measure: "sessions", second: CONVERSIONS, none: "unknown" },
  country: { tab: "Country", measure: "sessions", second: CONVERSIONS, none: "unknown" },
};

const HEADINGS: Record<Metric, string> = {
  events: "Events",
  pageviews: "Views",
  sessions: "Sessions",
  conversions: "Conversions",
};

const ROWS = 8;
const MORE_ROWS = 100;

const countries = new Intl.DisplayNames("en", { type: "region" });

/** A value as people read it. */
function named(dimension: Dimension, value: string): string {
  if (dimension !== "country" || !/^[A-Za-z]{2}$/.test(value)) return value;
  return countries.of(value.toUpperCase()) ?? value;
}

interface Props {
  question: Question;
  title: string;
  choices: Dimension[];
}

/** The most frequent values of a dimension, with bars. */
export function Breakdown({ question, title, choices }: Props) {
  const chosen = useSignal<Dimension>(choices[0] ?? "page");
  const dimension = chosen.value;
  const isWhole = useSignal(false);
  const rows = isWhole.value ? MORE_ROWS : ROWS;
  const breakdown = useResource(
    `${question.key} ${dimension} ${rows}`,
    (abort) => api.breakdown({ ...periodOf(question), dimension, limit: rows }, abort),
    paceOf(question),
  );
  return (
    <Panel
      title={title}
      busy={breakdown.outdated}
      class="breakdown third"
      controls={
        choices.length > 1 && (
          <Choice
            label={title}
            look="plain"
            options={choices.map((each) => ({ value: each, text: LOOKS[each].tab }))}
            value={dimension}
            onChoose={(next) => {
              chosen.value = next;
              isWhole.value = false;
            }}
          />
        )
      }
    >
      <Answer
        of={breakdown}
        skeleton={<Skeleton rows={6} height={28} />}
        nothing={({ rows }) => (rows.length === 0 ? "Nothing in this range." : null)}
      >
        {(answer) => (
          <>
            <BreakdownTable
              title={title}
              rows={answer.rows}
              dimension={answer.dimension}
              onChoose={(value) =>
                filterBy(withFilter(question.filters, { dimension: answer.dimension, operator: "==", values: [value] }))
              }
            />
            {(isWhole.value || answer.rows.length === ROWS) && (
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

interface TableProps {
  title: string;
  rows: BreakdownRow[];
  dimension: Dimension;
  onChoose: (value: string) => void;
}

function BreakdownTable({ title, rows, dimension, onChoose }: TableProps) {
  const look = LOOKS[dimension];
  const most = Math.max(1, ...rows.map((row) => row[look.measure]));
  return (
    <table>
      <caption class="sr-only">{`${title}: ${look.tab}`}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">{look.tab}</span>
          </th>
          <th scope="col" class="figure">
            {HEADINGS[look.measure]}
          </th>
          {look.second && (
            <th scope="col" class="figure">
              {look.second.heading}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.value ?? ""}>
            <th scope="row">
              <span class="bar" style={{ transform: `scaleX(${row[look.measure] / most})` }} aria-hidden="true" />
              {row.value ? (
                <button
                  type="button"
                  class="name clip"
                  title={`${row.value}: show only sessions with it`}
                  onClick={() => onChoose(row.value ?? "")}
                >
                  {named(dimension, row.value)}
                </button>
              ) : (
                <span class="name clip none">{look.none}</span>
              )}
            </th>
            <td class="main number">{count(row[look.measure])}</td>
            {look.second && <td class="number">{count(row[look.second.measure])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
