import { Trouble } from "../elements/answer";
import "./whole-page.css";

/** The very first question failed: without its answer there is no project to show. */
export function CannotStart({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <main class="whole-page">
      <Trouble error={error} retry={retry} />
    </main>
  );
}

export function NoProject() {
  return (
    <main class="whole-page">
      <div class="card">
        <h1>No project yet</h1>
        <p>
          Make one with <code>gooddata project create NAME</code>, then reload this page.
        </p>
      </div>
    </main>
  );
}
