import { useSignal } from "@preact/signals";
import { owner, type Recommending } from "../../api/owner";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Field, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useRules } from "./goals";

/** To how many visitors nothing is told, and by which rules items are recommended to all others. */
export function Holdout({ project }: OwnerPageProps) {
  const rules = useRules(project.id, "holdout");
  const share = useSignal<string | null>(null);
  const change = useDeed(async (what: () => Promise<unknown>) => {
    await what();
    share.value = null;
    rules.retry();
    return "Saved.";
  });
  const recommend = (now: Recommending, part: Partial<Recommending>) =>
    change.run(() => owner.setRecommending(project.id, { ...now, ...part }));
  return (
    <Panel title="Holdout and recommendations" class="half">
      <p class="words">
        A share of visitors gets no scores and no recommendations. What acting on them brings is measured against these.
      </p>
      <OwnerAnswer of={rules} skeleton={<Skeleton height={120} />}>
        {({ holdout, recommendations, most }) => (
          <>
            <form
              class="form-line"
              onSubmit={(event) => {
                event.preventDefault();
                if (share.value !== null) change.run(() => owner.setHoldout(project.id, Number(share.value) / 100));
              }}
            >
              <Field
                label={`Held out, in percent (0 to ${most.holdout * 100})`}
                numeric
                value={share.value ?? String(Math.round(holdout * 1000) / 10)}
                onInput={(to) => {
                  share.value = to;
                }}
              />
              <button type="submit" class="button" disabled={change.busy || share.value === null || share.value === ""}>
                Save
              </button>
            </form>
            <h3>Recommendations</h3>
            <label class="check">
              <input
                type="checkbox"
                checked={recommendations.exclude_bought}
                onChange={(event) => recommend(recommendations, { exclude_bought: event.currentTarget.checked })}
              />
              Leave out what a visitor has bought
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={recommendations.new_items}
                onChange={(event) => recommend(recommendations, { new_items: event.currentTarget.checked })}
              />
              Give one place of ten to what is new
            </label>
            <Said error={change.error}>{change.outcome}</Said>
          </>
        )}
      </OwnerAnswer>
    </Panel>
  );
}
