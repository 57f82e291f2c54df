import { useSignal } from "@preact/signals";
import { type Cohort, explore } from "../api/explore";
import { averages, sinceTheFirst } from "../cohorts";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { Panel } from "../elements/panel";
import { printFilter } from "../filters";
import { count, share } from "../format";
import { ask, asked } from "../location";
import { useResource } from "../resource";
import type { PageProps } from "./page";
import "./retention.css";

const RETENTION_MS = 30_000;
const COHORTS = { day: 14, week: 10, month: 6 };
type By = keyof typeof COHORTS;
const WORDS: Record<By, string> = { day: "Day", week: "Week", month: "Month" };

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const monthName = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });

/** Of those who were new in a day, week or month: how many were there again in later ones? */
export function RetentionPage({ project, live, question }: PageProps) {
  const by = (Object.keys(COHORTS) as By[]).find((each) => each === asked("every")[0]) ?? "week";
  const shows = useSignal<"share" | "count">("share");
  const filter = question.filters.map(printFilter);
  const retention = useResource(
    ["retention", project.id, by, ...filter].join(" "),
    (abort) => {
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return explore.retention({ project: project.id, to: Date.now(), by, cohorts: COHORTS[by], tz, filter }, abort);
    },
    { beat: live.beat, atLeastMs: RETENTION_MS, idleMs: 2 * RETENTION_MS },
  );
  return (
    <div class="grid">
      <Panel
        title="Who came back"
        note={retention.data?.note}
        busy={retention.outdated}
        class="retention"
        controls={
          <div class="retention-controls">
            <Choice
              label="What cells say"
              look="plain"
              options={[
                { value: "share", text: "Share" },
                { value: "count", text: "Visitors" },
              ]}
              value={shows.value}
              onChoose={(value) => {
                shows.value = value;
              }}
            />
            <Choice
              label="How long a period is"
              options={(Object.keys(COHORTS) as By[]).map((value) => ({ value, text: WORDS[value] }))}
              value={by}
              onChoose={(value) => ask({ every: [value] })}
            />
          </div>
        }
      >
        <Answer
          of={retention}
          skeleton={<Skeleton rows={8} height={34} />}
          nothing={({ cohorts }) =>
            cohorts.every(({ visitors }) => visitors === 0) && "Nobody was new in any of these periods."
          }
        >
          {(answer) => <Triangle cohorts={sinceTheFirst(answer.cohorts)} by={by} isShare={shows.value === "share"} />}
        </Answer>
      </Panel>
    </div>
  );
}

function Triangle({ cohorts, by, isShare }: { cohorts: Cohort[]; by: By; isShare: boolean }) {
  const longest = Math.max(...cohorts.map(({ returned }) => returned.length));
  const average = averages(cohorts);
  return (
    <div class="scrolls">
      <table>
        <caption class="sr-only">{`Visitors who were there again, by ${by} after the first`}</caption>
        <thead>
          <tr>
            <th scope="col">First there</th>
            <th scope="col" class="number">
              Visitors
            </th>
            {Array.from({ length: longest }, (_, later) => (
              <th key={later} scope="col" class="number">
                {later === 0 ? `${WORDS[by]} 0` : later}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="average">
            <th scope="row">All together</th>
            <td class="number">{count(cohorts.reduce((sum, { visitors }) => sum + visitors, 0))}</td>
            {average.map((rate, later) => (
              <td key={later} class="number">
                {rate === null ? "" : share(rate)}
              </td>
            ))}
          </tr>
          {cohorts.map((cohort, place) => (
            <tr key={cohort.start}>
              <th scope="row">{(by === "month" ? monthName : dayName).format(cohort.start)}</th>
              <td class="number">{count(cohort.visitors)}</td>
              {cohort.returned.map((visitors, later) => (
                <Cell
                  key={later}
                  visitors={visitors}
                  of={cohort.visitors}
                  isShare={isShare}
                  isRunning={place + later === cohorts.length - 1}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="legend">A hatched cell is of the period that is still running.</p>
    </div>
  );
}

interface CellProps {
  visitors: number;
  of: number;
  isShare: boolean;
  isRunning: boolean;
}

function Cell({ visitors, of, isShare, isRunning }: CellProps) {
  if (of === 0) return <td />;
  const rate = visitors / of;
  // Small shares differ more than they would on an even scale: its root is shown.
  const depth = Math.round(Math.sqrt(rate) * 100);
  return (
    <td
      class={`cell number ${isRunning ? "running" : ""}`}
      style={{ "--depth": `${depth}%` }}
      title={`${count(visitors)} of ${count(of)} visitors, ${share(rate)}`}
    >
      {isShare ? share(rate) : count(visitors)}
    </td>
  );
}
