import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./panel.css";

interface Props {
  title: string;
  note?: ComponentChildren;
  /** Choices, at the right of the heading. */
  controls?: ComponentChildren;
  busy?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A titled region of the page. */
export function Panel({ title, note, controls, busy = false, class: extra = "", children }: Props) {
  const heading = useId();
  return (
    <section class={`panel ${extra}`} aria-labelledby={heading}>
      <div class="panel-head">
        <div class="panel-title">
          <h2 id={heading}>{title}</h2>
          {note && <span class="panel-note">{note}</span>}
        </div>
        {controls}
      </div>
      <div class="panel-body" aria-busy={busy}>
        {children}
      </div>
    </section>
  );
}
