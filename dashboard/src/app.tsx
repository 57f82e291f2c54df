import { useComputed } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, type Project, signedOut } from "./api";
import { followLive, type Live } from "./live";
import { projectId } from "./location";
import { Overview } from "./pages/overview";
import type { OwnerPageProps } from "./pages/owner-page";
import { Pipeline } from "./pages/pipeline";
import { Privacy } from "./pages/privacy";
import { Settings } from "./pages/settings";
import { useResource } from "./resource";
import { CannotStart, NoProject } from "./shell/cannot-start";
import { Header, SimulatedNote } from "./shell/header";
import { SignedOut } from "./shell/signed-out";

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
      <Header projects={projects} project={project} connection={live?.connection.value ?? null} />
      {session.error && session.data === null && <CannotStart error={session.error} retry={session.retry} />}
      {session.data && !project && <NoProject />}
      {project && live && <ProjectPages key={project.id} project={project} live={live} />}
    </>
  );
}

const OWNER_PAGES: Record<string, ComponentType<OwnerPageProps>> = {
  "/settings": Settings,
  "/privacy": Privacy,
  "/pipeline": Pipeline,
};

/** The page that the URL's path names. */
function ProjectPages({ project, live }: { project: Project; live: Live }) {
  useVisitorsInTitle(project, live);
  const Page = OWNER_PAGES[window.location.pathname] ?? Overview;
  return (
    <>
      {project.simulated && <SimulatedNote />}
      <Page project={project} live={live} />
    </>
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
function useVisitorsInTitle(project: Project, live: Live): void {
  const visitors = useComputed(() => live.view.value?.visitors).value;
  useEffect(() => {
    document.title =
      visitors === undefined ? `${project.name} · GoodData` : `${visitors} now · ${project.name} · GoodData`;
  }, [visitors, project.name]);
}
