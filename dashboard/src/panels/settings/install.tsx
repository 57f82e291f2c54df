import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Install as Check, owner } from "../../api/owner";
import { now } from "../../clock";
import { Skeleton } from "../../elements/answer";
import { Choice } from "../../elements/choice";
import { Icon } from "../../elements/icons";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { ago, exactCount } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { Snippet } from "../first-event";
import { inWords } from "../reason";
import { madeKeys } from "./keys";
import "./install.css";

const CHECK_MS = 3000;
const ONCE_MS = 600_000;
type Way = "script" | "first-party" | "npm";

const WAYS: { value: Way; text: string }[] = [
  { value: "script", text: "Script" },
  { value: "first-party", text: "First-party path" },
  { value: "npm", text: "npm" },
];

/** How a site sends events, and whether it does. */
export function Install({ project, live }: OwnerPageProps) {
  const way = useSignal<Way>("script");
  const projects = useResource("projects", owner.projects, { atLeastMs: 60_000 });
  const known = projects.data?.projects.find((each) => each.project === project.id);
  const key = madeKeys.value[project.id] ?? project.write_key ?? known?.write_key ?? null;
  return (
    <Panel
      title="Install"
      class="install wide"
      controls={
        <Choice
          label="Way to install"
          options={WAYS}
          value={way.value}
          onChoose={(to) => {
            way.value = to;
          }}
        />
      }
    >
      <Words way={way.value} />
      <Snippet key={way.value} text={lineOf(way.value, key ?? "YOUR_WRITE_KEY")} />
      {key === null && (
        <p class="hint">
          The write key is shown once, when it is made, since only its hash is kept. It is no secret: it can only send
          events. If you do not have it any more, make a new one under Keys.
        </p>
      )}
      <InstallCheck project={project} live={live} />
    </Panel>
  );
}

function Words({ way }: { way: Way }) {
  if (way === "script") {
    return (
      <p class="words">
        Put this line into every page, before <code>{"</head>"}</code>.
      </p>
    );
  }
  if (way === "first-party") {
    return (
      <p class="words">
        Let your web server pass <code>/gooddata.js</code> and <code>/v1/</code> on to {window.location.host}. Events
        then go to your own domain, and blockers of other people's trackers leave them alone.
      </p>
    );
  }
  return <p class="words">In a site that is bundled: install the package, and start it once.</p>;
}

export function lineOf(way: Way, key: string): string {
  const origin = window.location.origin;
  if (way === "script") return `<script defer src="${origin}/gooddata.js" data-key="${key}"></script>`;
  if (way === "first-party") return `<script defer src="/gooddata.js" data-key="${key}"></script>`;
  return `npm install gooddata-engine

import { start } from "gooddata-engine";
start({ key: "${key}", api: "${origin}" });`;
}

/** Turns green by itself when the first event arrives. */
function InstallCheck({ project, live }: Pick<OwnerPageProps, "project" | "live">) {
  // What arrived is read from raw, which is written down each time: only once it has just arrived, or on request.
  const details = useSignal(false);
  const check = useResource(
    `install ${project.id} ${details.value}`,
    (abort) => owner.install(project.id, details.value, abort),
    details.value ? { atLeastMs: ONCE_MS } : { beat: live.beat, atLeastMs: CHECK_MS, idleMs: CHECK_MS },
  );
  const wasWaiting = useSignal(false);
  const state = check.data?.state;
  useEffect(() => {
    if (state === "waiting" || state === "refused") wasWaiting.value = true;
    else if (state === "arrived" && wasWaiting.value) details.value = true;
  }, [state]);
  return (
    <OwnerAnswer of={check} skeleton={<Skeleton height={72} />}>
      {(data) => (
        <Verdict
          check={data}
          onAsk={() => {
            details.value = true;
          }}
        />
      )}
    </OwnerAnswer>
  );
}

function Verdict({ check, onAsk }: { check: Check; onAsk: () => void }) {
  if (check.state === "waiting") {
    return (
      <div class="check-card" role="status">
        <p class="waiting-line">
          <i aria-hidden="true" />
          Waiting for the first event. This turns green when it arrives.
        </p>
      </div>
    );
  }
  if (check.state === "refused") {
    return (
      <div class="check-card refused" role="status">
        <b>Something arrives, and all of it is refused.</b>
        <ul>
          {[...Object.entries(check.ledger.rejected), ...Object.entries(check.ledger.dropped)].map(
            ([reason, events]) => (
              <li key={reason}>
                {exactCount(events)} × {inWords(reason)}
              </li>
            ),
          )}
        </ul>
        <span>Pipeline shows each of them.</span>
      </div>
    );
  }
  const { session, newest, ledger } = check;
  return (
    <div class="check-card arrived" role="status">
      <b>
        <Icon name="check" /> Events arrive.
      </b>
      <span>
        {exactCount(ledger.stored)} stored
        {session &&
          `; the newest session ${ago(session.last_at, now.value)}, on ${session.page ?? session.entry ?? "no page"}`}
        {session?.browser && `, in ${session.browser}`}.
      </span>
      {newest ? (
        <span>
          The newest event is {newest.name ?? newest.type}
          {newest.page && ` on ${newest.page}`}
          {newest.library?.name && `, sent by ${newest.library.name} ${newest.library.version ?? ""}`}.
        </span>
      ) : (
        <button type="button" class="link" onClick={onAsk}>
          From which page and library?
        </button>
      )}
    </div>
  );
}
