import type { Account, Project } from "../api/projects";
import { Mark } from "../elements/icons";
import type { Connection } from "../live";
import { navigate } from "../location";
import { AccountMenu } from "./account-menu";
import { ThemeButton } from "./theme-button";
import "./header.css";

interface Props {
  projects: Project[];
  project: Project | null;
  connection: Connection | null;
  account?: Account | null;
}

const CONNECTION_TEXT: Record<Connection, string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  paused: "Paused",
};

export function Header({ projects, project, connection, account = null }: Props) {
  return (
    <header class="header">
      <div class="header-row">
        <a class="brand" href="/" aria-label="GoodData, start page">
          <Mark />
          <span>GoodData</span>
        </a>
        {project && (
          <>
            <span class="slash" aria-hidden="true">
              /
            </span>
            {projects.length > 1 ? (
              <ProjectSwitch projects={projects} chosen={project.id} />
            ) : (
              <span class="project-name clip">{project.name}</span>
            )}
          </>
        )}
        <div class="end">
          {connection && (
            <span class={`connection ${connection}`} role="status">
              <i aria-hidden="true" />
              {CONNECTION_TEXT[connection]}
            </span>
          )}
          <ThemeButton />
          {account && <AccountMenu account={account} />}
        </div>
      </div>
    </header>
  );
}

function ProjectSwitch({ projects, chosen }: { projects: Project[]; chosen: string }) {
  return (
    <label class="project-switch">
      <span class="sr-only">Project</span>
      <select
        value={chosen}
        onChange={(event) =>
          navigate({ project: event.currentTarget.value, session: null, range: null, from: null, to: null })
        }
      >
        {projects.map((each) => (
          <option key={each.id} value={each.id}>
            {each.simulated ? `${each.name} (simulated)` : each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Nobody should take simulated shoppers for people. */
export function SimulatedNote() {
  return (
    <aside class="simulated-note" aria-label="About this data">
      <p>
        <strong>Simulated shoppers:</strong> programs walk the demo shop so that there is something to see. Walk it
        yourself at{" "}
        <a href="/demo/" target="_blank" rel="noreferrer">
          /demo
        </a>{" "}
        and find your own session below, marked Real.
      </p>
    </aside>
  );
}
