import { useState } from "preact/hooks";
import { useAction } from "../action";
import { alertsApi, type Destination, type Tested } from "../api/alerts";
import type { Project } from "../api/projects";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import type { Resource } from "../resource";

interface Props {
  project: Project;
  destinations: Resource<{ destinations: Destination[] }>;
  changed: () => void;
}

/** Where messages go: webhooks and mailboxes, each with a test. */
export function AlertDestinations({ project, destinations, changed }: Props) {
  const [key, setKey] = useState<string | null>(null);
  return (
    <Panel title="Destinations" class="alert-destinations">
      {key && (
        <div class="alert-key" role="status">
          <p>
            The key that messages to this webhook are signed with. <strong>It is shown this once</strong>: keep it now.
          </p>
          <code class="mono">{key}</code>
          <button type="button" class="button" onClick={() => setKey(null)}>
            I have kept it
          </button>
        </div>
      )}
      <Answer
        of={destinations}
        skeleton={<Skeleton rows={2} height={44} />}
        nothing={({ destinations: all }) => (all.length === 0 ? "There are no destinations yet." : null)}
      >
        {({ destinations: all }) => (
          <ul class="alert-list">
            {all.map((destination) => (
              <DestinationRow key={destination.destination} {...{ project, destination, changed, setKey }} />
            ))}
          </ul>
        )}
      </Answer>
      <DestinationForm project={project} changed={changed} setKey={setKey} />
    </Panel>
  );
}

interface RowProps {
  project: Project;
  destination: Destination;
  changed: () => void;
  setKey: (key: string | null) => void;
}

function DestinationRow({ project, destination: { destination, name, kind, target }, changed, setKey }: RowProps) {
  const action = useAction();
  const [tested, setTested] = useState<Tested | null>(null);
  function test(): void {
    setTested(null);
    action.run(async () => {
      setTested(await alertsApi.test(project.id, destination));
      changed();
    });
  }
  return (
    <li>
      <div class="alert-what">
        <p class="alert-name">
          <strong>{name}</strong>
        </p>
        <p class="alert-aside">
          {kind === "email" ? "e-mail to " : "webhook at "}
          <span class="mono">{target}</span>
        </p>
        <p role="status">
          {action.busy && "Sending…"}
          {tested && (
            <span class={tested.delivered ? "alert-good" : "alert-bad"}>
              {tested.delivered ? "It arrived: " : "It did not arrive: "}
              {tested.answer}
            </span>
          )}
        </p>
        {action.error && <p role="alert">{action.error.message}</p>}
      </div>
      <div class="alert-buttons">
        <button type="button" class="button" disabled={action.busy} aria-label={`Test ${name}`} onClick={test}>
          Test
        </button>
        {kind === "webhook" && (
          <button
            type="button"
            class="button"
            disabled={action.busy}
            aria-label={`New key for ${name}`}
            onClick={() => action.run(async () => setKey((await alertsApi.renewKey(project.id, destination)).key))}
          >
            New key
          </button>
        )}
        <button
          type="button"
          class="button"
          disabled={action.busy}
          aria-label={`Remove ${name}`}
          onClick={() => action.run(() => alertsApi.removeDestination(project.id, destination).then(changed))}
        >
          Remove
        </button>
      </div>
    </li>
  );
}

function DestinationForm({ project, changed, setKey }: Omit<RowProps, "destination">) {
  const [kind, setKind] = useState<Destination["kind"]>("webhook");
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const action = useAction();
  function add(event: Event): void {
    event.preventDefault();
    action.run(async () => {
      setKey((await alertsApi.addDestination(project.id, { name: name.trim(), kind, target: target.trim() })).key);
      setName("");
      setTarget("");
      changed();
    });
  }
  return (
    <form class="alert-sentence" onSubmit={add}>
      <label>
        Kind
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Destination["kind"])}>
          <option value="webhook">webhook</option>
          <option value="email">e-mail</option>
        </select>
      </label>
      <label>
        Name
        <input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        {kind === "webhook" ? "URL" : "Address"}
        <input
          class="wide"
          required
          inputMode={kind === "webhook" ? "url" : "email"}
          value={target}
          onInput={(event) => setTarget(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={action.busy}>
        Add
      </button>
      {action.error && (
        <p role="alert" class="alert-error">
          {action.error.message}
        </p>
      )}
    </form>
  );
}
