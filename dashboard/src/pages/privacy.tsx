import { useSignal } from "@preact/signals";
import { AuditTrail } from "../panels/privacy/audit-trail";
import { ErasePerson } from "../panels/privacy/erase-person";
import { KeptFor } from "../panels/privacy/kept-for";
import { Receipts } from "../panels/privacy/receipts";
import type { OwnerPageProps } from "./owner-page";
import "./owner.css";

/** What is kept of people, for how long, and what was done with it. */
export function Privacy({ project }: OwnerPageProps) {
  // Grows with each thing done here: the lists of what was done are asked for again.
  const done = useSignal(0);
  const note = () => {
    done.value += 1;
  };
  return (
    <div class="owner-page">
      <ErasePerson project={project} onDone={note} />
      <KeptFor project={project} onDone={note} />
      <Receipts project={project} done={done.value} />
      <AuditTrail project={project} done={done.value} />
    </div>
  );
}
