import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { owner, type Plan } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import { exactCount, plural } from "../../format";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { useRules } from "./goals";
import "./tracking-plan.css";

const EXAMPLE: Plan = {
  mode: "warn",
  unplanned: "allow",
  events: { "Order Completed": { type: "object", required: ["order_id"] } },
  types: {},
};

/** Which events are planned and how they look: read, written and checked as `gooddata plan` does. */
export function TrackingPlan({ project }: OwnerPageProps) {
  const id = useId();
  const rules = useRules(project.id, "plan");
  const written = useSignal<string | null>(null);
  const save = useDeed(async (plan: unknown) => {
    await owner.setPlan(project.id, plan);
    written.value = null;
    rules.retry();
    return plan === null ? "There is no plan any more." : "In force within seconds.";
  });
  const check = useDeed(async (text: string) => save.run(parsed(text)));
  return (
    <Panel title="Tracking plan" note={rules.data && inShort(rules.data.plan)}>
      <p class="words">
        A JSON Schema for the properties of each event. In mode <code>warn</code> what does not fit is stored and
        counted; in mode <code>enforce</code> it is rejected, and the sender is told why.
      </p>
      <OwnerAnswer of={rules} skeleton={<Skeleton height={200} />}>
        {({ plan }) => {
          const text = written.value ?? JSON.stringify(plan ?? EXAMPLE, null, 2);
          return (
            <>
              <label for={id} class="sr-only">
                The plan, as JSON
              </label>
              <textarea
                id={id}
                class="plan-text"
                rows={Math.min(24, Math.max(9, text.split("\n").length))}
                spellcheck={false}
                value={text}
                onInput={(event) => {
                  written.value = event.currentTarget.value;
                }}
              />
              <div class="form-line">
                <button
                  type="button"
                  class="button primary"
                  disabled={check.busy || (plan !== null && written.value === null)}
                  onClick={() => check.run(text)}
                >
                  {plan === null ? "Put this plan in force" : "Save"}
                </button>
                {written.value !== null && (
                  <button
                    type="button"
                    class="button"
                    onClick={() => {
                      written.value = null;
                    }}
                  >
                    As it was
                  </button>
                )}
                {plan !== null && (
                  <button type="button" class="button" disabled={save.busy} onClick={() => save.run(null)}>
                    Take it out of force
                  </button>
                )}
              </div>
              <Said error={check.error ?? save.error}>{save.outcome}</Said>
              {plan !== null && <Violations project={project.id} />}
            </>
          );
        }}
      </OwnerAnswer>
    </Panel>
  );
}

function Violations({ project }: { project: string }) {
  const found = useResource(`violations ${project}`, (abort) => owner.violations(project, abort), {
    atLeastMs: 30_000,
  });
  return (
    <>
      <h3>What did not fit in the last 7 days</h3>
      <OwnerAnswer
        of={found}
        skeleton={<Skeleton rows={2} height={32} />}
        nothing={({ violations }) => (violations.length === 0 ? "Everything that came in fits the plan." : null)}
      >
        {({ violations }) => (
          <ul class="rows">
            {violations.slice(0, 20).map((each) => (
              <li key={`${each.event} ${each.field} ${each.message} ${each.outcome}`} class="row">
                <span class="what">
                  <b>{each.event}</b> · {each.field}
                  <small>{each.message}</small>
                </span>
                <span>{each.outcome}</span>
                <span class="number">{exactCount(each.events)}</span>
              </li>
            ))}
          </ul>
        )}
      </OwnerAnswer>
    </>
  );
}

function inShort(plan: Plan | null): string {
  if (plan === null) return "none";
  const named = Object.keys(plan.events ?? {}).length + Object.keys(plan.types ?? {}).length;
  return `${plural(named, "event")} planned · mode ${plan.mode ?? "warn"} · unplanned: ${plan.unplanned ?? "allow"}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new Error(`This is no JSON: ${failure instanceof Error ? failure.message : failure}`);
  }
}
