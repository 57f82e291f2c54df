import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import "./tip.css";

interface Props {
  /** The words that carry the explanation. */
  children: ComponentChildren;
  explanation: string;
  /** The edge that the explanation is aligned to, so that it stays on a narrow screen. */
  side?: "left" | "right";
}

/** Words with an explanation, on hover and on keyboard focus; Escape puts it away. */
export function Tip({ children, explanation, side = "left" }: Props) {
  const id = useId();
  const [closed, setClosed] = useState(false);
  return (
    <span class={`tip to-${side} ${closed ? "closed" : ""}`}>
      <button
        type="button"
        onMouseEnter={() => setClosed(false)}
        aria-describedby={id}
        onClick={(event) => event.stopPropagation()}
        onFocus={() => setClosed(false)}
        onKeyDown={(event) => event.key === "Escape" && setClosed(true)}
      >
        {children}
      </button>
      <span role="tooltip" id={id}>
        {explanation}
      </span>
    </span>
  );
}
