import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Project } from "../api/projects";
import { Icon } from "../elements/icons";
import "./first-event.css";

/** A project without events: how to send the first one. The page changes by itself when it arrives. */
export function FirstEvent({ project }: { project: Project }) {
  const snippet = `<script defer src="${window.location.origin}/gooddata.js" data-key="${project.write_key ?? "YOUR_WRITE_KEY"}"></script>`;
  return (
    <div class="card">
      <h1>No events yet</h1>
      <p>
        Put this line into the pages of <strong>{project.name}</strong>, before <code>{"</head>"}</code>:
      </p>
      <Snippet text={snippet} />
      {!project.write_key && (
        <p>
          The write key was printed when the project was made, by <code>gooddata up</code> or{" "}
          <code>gooddata project create</code>. It is not a secret: it can only send events.
        </p>
      )}
      <p class="waiting-line" role="status">
        <i aria-hidden="true" />
        Listening. This page changes by itself when the first event arrives.
      </p>
    </div>
  );
}

export function Snippet({ text }: { text: string }) {
  const code = useRef<HTMLElement>(null);
  const said = useSignal("Copy");

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      said.value = "Copied";
    } catch {
      // Browsers give the clipboard to secure origins only: over plain HTTP the line is selected instead.
      if (code.current) window.getSelection()?.selectAllChildren(code.current);
      said.value = "Selected";
    }
  }

  return (
    <div class="snippet">
      <pre>
        <code ref={code}>{text}</code>
      </pre>
      <button type="button" class="button" onClick={copy}>
        <Icon name={said.value === "Copy" ? "copy" : "check"} size={14} />
        <span aria-live="polite">{said}</span>
      </button>
    </div>
  );
}
