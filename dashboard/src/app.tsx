import { useComputed } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "./api";
import type { Project } from "./api/projects";
import { signedOut } from "./api/request";
import { now } from "./clock";
import { Skeleton } from "./elements/answer";
import { findExtent } from "./extent";
import { printFilter } from "./filters";
import { bucketName, dateTimeOf, timeOf } from "./format";
import { followLive, type Live } from "./live";
import { chosenFilters, chosenRange, navigate, openSession, path, projectId } from "./location";
import type { PageProps } from "./pages/page";
import type { Question } from "./pages/question";
import { type Route, routeOf } from "./pages/routes";
import { FirstEvent } from "./panels/first-event";
import { SessionDrawer } from "./panels/session-drawer";
import { DAY, defaultRange, previousLabel, type Range, type TimeWindow, windowOf } from "./range";
import { useResource } from "./resource";
import { PasswordOffer } from "./shell/account-menu";
import { CannotStart, NoProject } from "./shell/cannot-start";
import { FilterBar } from "./shell/filter-bar";
import { Header, SimulatedNote } from "./shell/header";
import { Navigation } from "./shell/navigation";
import { RangePicker } from "./shell/range-picker";
import { SignedOut } from "./shell/signed-out";
import "./shell/page.css";

const EXTENT_MS = 10_000;

/** The frame around every page: who is signed in, which project is shown, and its live stream. */
export function App() {
  const session = useResource("session", api.session, { atLeastMs: 1000 });
  const projects = session.data?.projects ?? [];
  const project = projects.find((each) => each.id === projectId.value) ?? projects[0] ?? null;
  const live = useLive(signedOut.value ? null : (project?.id ?? null));

  if (signedOut.value) {
    return (
      <>
        <Header projects={[]} project={null} connection={null} />
        <SignedOut />
      </>
    );
  }
  return (
    <>
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <Header
        projects={projects}
        project={project}
        connection={live?.connection.value ?? null}
        account={session.data?.account ?? null}
      />
      {session.data?.account && <PasswordOffer account={session.data.account} />}
      {session.error && session.data === null && <CannotStart error={session.error} retry={session.retry} />}
      {session.data && !project && <NoProject />}
      {project && live && <ProjectPages key={project.id} project={project} live={live} />}
    </>
  );
}

/** The page that the URL's path names, beside the navigation. */
function ProjectPages({ project, live }: { project: Project; live: Live }) {
  const route = routeOf(path.value);
  useTitle(project, live, route);
  return (
    <>
      {project.simulated && <SimulatedNote />}
      <div class="frame">
        <Navigation />
        <PageFrame project={project} live={live} route={route} />
      </div>
    </>
  );
}

/** Of every page its heading, what it asks about, and the session that was opened on it. */
function PageFrame({ project, live, route }: { project: Project; live: Live; route: Route }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnNavigation(heading, route);
  // Null as data would read as "not loaded": the answer is wrapped.
  const extent = useResource(
    `extent ${project.id}`,
    async (abort) => ({ found: await findExtent(project.id, Date.now(), abort) }),
    { beat: live.beat, atLeastMs: EXTENT_MS, idleMs: 6 * EXTENT_MS },
  );
  const hasLiveData = useComputed(() => (live.view.value?.sessions.length ?? 0) > 0).value;
  const found = extent.data?.found ?? null;
  if (!route.needsNoData) {
    // Neither what is shown at first nor all of it is known before the extent is: nothing is asked in vain.
    const needsExtent = chosenRange.value === null || chosenRange.value.name === "all";
    if (needsExtent && extent.data === null && !extent.error) return <Waiting />;
    if (extent.data !== null && found === null && !hasLiveData) {
      return (
        <main id="page" class="whole-page">
          <FirstEvent project={project} />
        </main>
      );
    }
  }
  const range = chosenRange.value ?? defaultRange(found, Date.now(), project.simulated);
  const filters = chosenFilters.value;
  const newest = range.name === "all" ? JSON.stringify(startOfDayExtent(found)) : "";
  const question: Question = {
    project: project.id,
    range,
    key: [project.id, JSON.stringify(range), newest, ...filters.map(printFilter)].join(" "),
    window: () => windowOf(range, Date.now(), found),
    live,
    filters,
  };
  const shown = windowOf(range, now.value, found);
  const compared = previousLabel(range);
  return (
    <main id="page" class="page">
      <div class="page-head">
        <div class="title">
          <h1 ref={heading} tabIndex={-1}>
            {route.title}
          </h1>
          {route.note && <span class="span">{route.note}</span>}
          {route.isAsked && (
            <span class="span number">
              {spanInWords(range, shown)}
              {route.isCompared && compared && ` · changes against ${compared}`}
            </span>
          )}
        </div>
        {route.isAsked && <RangePicker key={range.name} range={range} window={shown} />}
        {(route.isAsked || route.isFiltered) && <FilterBar question={question} />}
      </div>
      <Page key={route.path} route={route} project={project} live={live} question={question} />
      {openSession.value && (
        <SessionDrawer
          key={openSession.value}
          project={project.id}
          session={openSession.value}
          live={live}
          onClose={() => navigate({ session: null })}
        />
      )}
    </main>
  );
}

/** A page, once its code has been loaded. */
function Page({ route, ...props }: PageProps & { route: Route }) {
  const [loaded, setLoaded] = useState<{ Shown: ComponentType<PageProps> } | { failed: Error } | null>(null);
  useEffect(() => {
    route.load().then(
      (Shown) => setLoaded({ Shown }),
      (failed: Error) => setLoaded({ failed }),
    );
  }, [route]);
  if (loaded === null) return <Skeleton rows={3} height={160} />;
  if ("failed" in loaded) {
    return (
      <div class="trouble" role="alert">
        <p>
          <strong>This page could not be loaded.</strong> Perhaps the server has a newer version now.
        </p>
        <button type="button" class="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </div>
    );
  }
  return <loaded.Shown {...props} />;
}

function Waiting() {
  return (
    <main id="page" class="page" aria-busy="true">
      <span class="sr-only">Loading…</span>
      <div aria-hidden="true">
        <Skeleton height={240} />
        <Skeleton height={110} />
        <Skeleton height={320} />
      </div>
    </main>
  );
}

function useLive(project: string | null): Live | null {
  const [live, setLive] = useState<{ project: string; stream: Live } | null>(null);
  useEffect(() => {
    if (project === null) return;
    const stream = followLive(project);
    setLive({ project, stream });
    return stream.close;
  }, [project]);
  // Between two projects the old stream is still in the state: it must not be shown as the new one's.
  return live && live.project === project ? live.stream : null;
}

/** The number is also in the tab's title, for those who keep the page in the background. */
function useTitle(project: Project, live: Live, route: Route): void {
  const visitors = useComputed(() => live.view.value?.visitors).value;
  useEffect(() => {
    const page = `${route.title} · ${project.name} · GoodData`;
    document.title = visitors === undefined ? page : `${visitors} now · ${page}`;
  }, [visitors, project.name, route.title]);
}

/** Who goes to another page by keyboard or screen reader is to be there, not where the link was. */
function useFocusOnNavigation(heading: { current: HTMLHeadingElement | null }, route: Route): void {
  const shown = useRef(route);
  useEffect(() => {
    if (shown.current !== route) heading.current?.focus();
    shown.current = route;
  }, [route]);
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
