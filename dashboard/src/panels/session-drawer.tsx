import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../api";
import { ApiError } from "../api/request";
import type { SessionDetail } from "../api/sessions";
import { ScoreBar } from "../charts/score-bar";
import { Answer, Skeleton } from "../elements/answer";
import { Badge, OriginBadge } from "../elements/badge";
import { Icon } from "../elements/icons";
import { amount, count, dateTimeOf, engaged } from "../format";
import type { Live } from "../live";
import { useResource } from "../resource";
import { Timeline } from "./timeline";
import "./session-drawer.css";

interface Props {
  project: string;
  session: string;
  live: Live;
  onClose: () => void;
}

/** One session from its first event to its newest, which appears by itself. */
export function SessionDrawer({ project, session, live, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const newestEvent = useComputed(
    () => live.view.value?.sessions.find((each) => each.session === session)?.last_at ?? 0,
  );
  const detail = useResource(`${project} ${session}`, (abort) => api.sessionDetail(project, session, abort), {
    beat: newestEvent,
    atLeastMs: 1000,
  });

  useEffect(() => dialog.current?.showModal(), []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog closes on Escape by itself; this click is the backdrop's
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-heading"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="drawer-head">
        <h2 id="drawer-heading">
          Visitor <span class="mono">{detail.data?.visitor ?? "…"}</span>
        </h2>
        {detail.data && <OriginBadge simulated={detail.data.simulated} />}
        {detail.data?.converted && <Badge kind="converted">Converted</Badge>}
        <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="drawer-body">
        {isUnknown(detail.error) ? (
          <p class="nothing">This session is not known, or has been erased.</p>
        ) : (
          <Answer of={detail} skeleton={<Skeleton rows={6} height={44} />}>
            {(data) => <Detail data={data} />}
          </Answer>
        )}
      </div>
    </dialog>
  );
}

function isUnknown(error: Error | null): boolean {
  return error instanceof ApiError && (error.status === 404 || error.field === "session_id");
}

function Detail({ data }: { data: SessionDetail }) {
  const score = data.scores.conversion;
  const facts: [string, string][] = [
    ["Began", dateTimeOf(data.started_at)],
    ["Engaged", engaged(data.engaged_ms)],
    ["Events", count(data.events)],
    ["Page views", count(data.pageviews)],
    ["Clicks", count(data.clicks)],
    ["Revenue", data.revenue ? amount(data.revenue) : "–"],
    ["Came in at", data.entry ?? "–"],
    ["Source", data.source || "direct"],
    ["Device", [data.device, data.browser].filter(Boolean).join(" · ") || "–"],
    ...(data.country ? [["Country", data.country] as [string, string]] : []),
  ];
  return (
    <>
      <div class="score-block">
        <h3>Chance to convert in this session</h3>
        <ScoreBar score={score} />
        {score?.abstained && score.reason && <p class="why">{score.reason}</p>}
      </div>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
      <h3>What happened</h3>
      <Timeline entries={data.timeline} start={data.started_at} />
    </>
  );
}
