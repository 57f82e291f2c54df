import { useSignal } from "@preact/signals";
import { type Exclusion, owner } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Field, Pick, Said } from "../../elements/form";
import { Icon } from "../../elements/icons";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useRules } from "./goals";

const KINDS: { value: string; text: string; example: string }[] = [
  { value: "ip", text: "Address or network", example: "203.0.113.0/24" },
  { value: "user_agent", text: "Text in the user agent", example: "HeadlessChrome" },
  { value: "user", text: "User", example: "the id of a colleague" },
  { value: "property", text: "Property", example: "environment=staging" },
  { value: "trait", text: "Trait of the user", example: "employee=true" },
  { value: "email_domain", text: "E-mail domain", example: "example.com" },
];

/** Which traffic is the project's own: it is dropped, and counted as such. */
export function OwnTraffic({ project }: OwnerPageProps) {
  const rules = useRules(project.id, "exclusions");
  const kind = useSignal("ip");
  const value = useSignal("");
  const change = useDeed(async (exclusions: Exclusion[]) => {
    await owner.setExclusions(project.id, exclusions);
    rules.retry();
    return "In force within seconds.";
  });
  const chosen = KINDS.find((each) => each.value === kind.value);
  return (
    <Panel title="Own traffic" class="half">
      <p class="words">What matches one of these is your own people's: it is left out, and the ledger counts it.</p>
      <OwnerAnswer of={rules} skeleton={<Skeleton height={84} />}>
        {({ exclusions }) => (
          <>
            {exclusions.length === 0 && <p class="hint">Nothing is left out.</p>}
            <ul class="chips">
              {exclusions.map((each) => (
                <li key={`${each.kind} ${each.value}`}>
                  <span>
                    {KINDS.find((known) => known.value === each.kind)?.text ?? each.kind}: {each.value}
                  </span>
                  <button
                    type="button"
                    aria-label={`Remove ${each.value}`}
                    disabled={change.busy}
                    onClick={() => change.run(exclusions.filter((other) => other !== each))}
                  >
                    <Icon name="close" size={12} />
                  </button>
                </li>
              ))}
            </ul>
            <form
              class="form-line"
              onSubmit={async (event) => {
                event.preventDefault();
                const added = { kind: kind.value, value: value.value.trim() };
                if (added.value && (await change.run([...exclusions, added]))) value.value = "";
              }}
            >
              <Pick
                label="What to look at"
                value={kind.value}
                options={KINDS}
                onPick={(to) => {
                  kind.value = to;
                }}
              />
              <Field
                wide
                label="Value"
                value={value.value}
                placeholder={chosen?.example ?? ""}
                onInput={(to) => {
                  value.value = to;
                }}
              />
              <button type="submit" class="button" disabled={change.busy || !value.value.trim()}>
                Leave out
              </button>
            </form>
            <Said error={change.error}>{change.outcome}</Said>
          </>
        )}
      </OwnerAnswer>
    </Panel>
  );
}
