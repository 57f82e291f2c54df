import { useComputed } from "@preact/signals";
import type { Project } from "../api";
import { now } from "../clock";
import { Skeleton } from "../elements/answer";
import { findExtent } from "../extent";
import { bucketName, dateTimeOf, timeOf } from "../format";
import type { Live } from "../live";
import { chosenRange, navigate, openSession } from "../location";
import { Breakdown } from "../panels/breakdown";
import { FeedbackPanel } from "../panels/feedback";
import { Figures } from "../panels/figures";
import { FirstEvent } from "../panels/first-event";
import { ModelPanel } from "../panels/model";
import { Now } from "../panels/now";
import { OverTime } from "../panels/over-time";
import { SessionDrawer } from "../panels/session-drawer";
import { Sessions } from "../panels/sessions";
import { DAY, defaultRange, previousLabel, type Range, type TimeWindow, windowOf } from "../range";
import { useResource } from "../resource";
import { RangePicker } from "../shell/range-picker";
import type { Question } from "./question";
import "./overview.css";

const EXTENT_MS = 10_000;

/** One project at a glance: who is here now, what happened, what the model expects, and whether the figures add up. */
export function Overview({ project, live }: { project: Project; live: Live }) {
  // Null as data would read as "not loaded": the answer is wrapped.
  const extent = useResource(
    `extent ${project.id}`,
    async (abort) => ({ found: await findExtent(project.id, Date.now(), abort) }),
    { beat: live.beat, atLeastMs: EXTENT_MS, idleMs: 6 * EXTENT_MS },
  );
  const hasLiveData = useComputed(() => (live.view.value?.sessions.length ?? 0) > 0).value;
  const found = extent.data?.found ?? null;
  const isEmpty = extent.data !== null && found === null;

  if (extent.data === null && !extent.error && chosenRange.value === null) {
    return (
      <main class="overview" aria-busy="true">
        <span class="sr-only">Loading…</span>
        <div aria-hidden="true">
          <Skeleton height={240} />
          <Skeleton height={110} />
          <Skeleton height={320} />
        </div>
      </main>
    );
  }
  if (isEmpty && !hasLiveData) {
    return (
      <main class="whole-page">
        <FirstEvent project={project} />
      </main>
    );
  }

  const range = chosenRange.value ?? defaultRange(found, Date.now(), project.simulated);
  const question: Question = {
    project: project.id,
    range,
    key: `${project.id} ${JSON.stringify(range)} ${range.name === "all" ? JSON.stringify(startOfDayExtent(found)) : ""}`,
    window: () => windowOf(range, Date.now(), found),
    live,
  };
  const shown = windowOf(range, now.value, found);
  const compared = previousLabel(range);
  const open = (session: string) => navigate({ session });
  return (
    <>
      <main class="overview">
        <Now live={live} onOpen={open} />
        <div class="page-head">
          <div class="title">
            <h1>Overview</h1>
            <span class="span number">
              {spanInWords(range, shown)}
              {compared && ` · changes against ${compared}`}
            </span>
          </div>
          <RangePicker key={range.name} range={range} window={shown} />
        </div>
        <Figures question={question} />
        <OverTime question={question} />
        <Breakdown question={question} title="Pages" choices={["page"]} />
        <Breakdown question={question} title="Visits by" choices={["source", "campaign", "device", "browser"]} />
        <Breakdown question={question} title="Events" choices={["event", "goal"]} />
        <Sessions question={question} onOpen={open} />
        <FeedbackPanel question={question} />
        <ModelPanel project={project} live={live} />
      </main>
      {openSession.value && (
        <SessionDrawer
          key={openSession.value}
          project={project.id}
          session={openSession.value}
          live={live}
          onClose={() => navigate({ session: null })}
        />
      )}
    </>
  );
}

/** The newest event moves every minute: a question about all data changes once a day. */
function startOfDayExtent(extent: { first: number; last: number } | null): [number, number] | null {
  return extent && [extent.first, Math.floor(extent.last / DAY)];
}

function spanInWords(range: Range, shown: TimeWindow): string {
  const from = shown.interval === "day" ? bucketName(shown.from, "day", shown.to) : dateTimeOf(shown.from);
  if (shown.live && range.name !== "custom") return `${from} – now`;
  if (shown.interval === "day") return `${from} – ${bucketName(shown.to, "day", shown.to)}`;
  const isOneDay = new Date(shown.from).toDateString() === new Date(shown.to).toDateString();
  return `${from} – ${isOneDay ? timeOf(shown.to) : dateTimeOf(shown.to)}`;
}
