import type { ComponentChildren } from "preact";
import "./badge.css";

type Kind = "simulated" | "real" | "converted" | "ready" | "worse" | "abstaining";

export function Badge({ kind, children }: { kind: Kind; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

/** Whether a session is of a person or of a simulated shopper: always said, in both cases. */
export function OriginBadge({ simulated }: { simulated: boolean }) {
  return simulated ? <Badge kind="simulated">Simulated</Badge> : <Badge kind="real">Real</Badge>;
}
