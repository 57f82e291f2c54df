import { useSignal } from "@preact/signals";
import { type Behaviour, getBehaviour } from "../api/behaviour";
import { Attention } from "../panels/behaviour/attention";
import { Clicks } from "../panels/behaviour/clicks";
import { Forms } from "../panels/behaviour/forms";
import { PageErrors } from "../panels/behaviour/page-errors";
import { type PartProps, ROWS } from "../panels/behaviour/part";
import { Speed } from "../panels/behaviour/speed";
import { useResource } from "../resource";
import type { PageProps } from "./page";
import { paceOf, periodOf } from "./question";

const MORE_ROWS = 100;
/** Many reports are read for it. */
const AT_LEAST_MS = 10_000;

/** How people get on with pages: where they struggle, what they leave and read, what is slow and what fails. */
export function BehaviourPage({ question }: PageProps) {
  const whole = useSignal<(keyof Behaviour)[]>([]);
  const limit = whole.value.length > 0 ? MORE_ROWS : ROWS;
  const report = useResource(
    `behaviour ${question.key} ${limit}`,
    (abort) => getBehaviour({ ...periodOf(question), limit }, abort),
    { ...paceOf(question), atLeastMs: AT_LEAST_MS },
  );
  const props = (part: keyof Behaviour): PartProps => ({
    question,
    report,
    isWhole: whole.value.includes(part),
    onWhole: (isWhole) => {
      whole.value = isWhole ? [...whole.value, part] : whole.value.filter((each) => each !== part);
    },
  });
  return (
    <div class="grid">
      <Clicks {...props("clicks")} />
      <Forms {...props("forms")} />
      <Attention {...props("attention")} />
      <Speed {...props("speed")} />
      <PageErrors {...props("errors")} />
    </div>
  );
}
