import { useEffect, useRef } from "preact/hooks";
import { useAction } from "../action";
import { api } from "../api";
import { segmentsApi } from "../api/segments";
import { Field, Said } from "../elements/form";
import { Panel } from "../elements/panel";
import { printFilter } from "../filters";
import { exactCount } from "../format";
import { paceOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import { askedOf, type Draft, EMPTY, filtersInWords, windowStart, withinDays } from "../segment-draft";

interface Props {
  question: Question;
  draft: Draft;
  change: (draft: Draft) => void;
  saved: () => void;
}

/** The filters above, saved under a name; or a saved segment that is given those above. */
export function SegmentForm({ question, draft, change, saved }: Props) {
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  // Whoever asked to change a segment, perhaps far below, goes on here.
  useEffect(() => {
    if (draft.segment !== null) form.current?.querySelector("input")?.focus();
  }, [draft.segment]);
  const { project, filters } = question;
  const asked = askedOf({ ...draft, name: draft.name || "-" }, filters);
  const days = asked?.days ?? null;
  const size = useResource(
    asked && `size ${project} ${days} ${asked.filters.join(" ")}`,
    async (abort) => {
      const from = windowStart(asked?.days ?? 1, Date.now());
      const told = await api.overview({ project, from, to: Date.now(), filter: asked?.filters ?? [] }, abort);
      return told.visitors;
    },
    { ...paceOf(question), beat: undefined },
  );

  function save(event: Event): void {
    event.preventDefault();
    const whole = askedOf(draft, filters);
    if (whole === null) return;
    action.run(async () => {
      if (draft.segment === null) await segmentsApi.add(project, whole);
      else await segmentsApi.change(project, draft.segment, whole);
      change(EMPTY);
      saved();
    });
  }

  const isNew = draft.segment === null;
  return (
    <Panel title={isNew ? "New segment" : "Change a segment"} class="segment-form">
      {filters.length === 0 ? (
        <p class="words">
          Add filters above, such as “chance to convert at least 0.6” or “page views at least 3”. The segment is every
          visitor with such a session.
        </p>
      ) : (
        <p class="words" aria-live="polite">
          Visitors who had, {days === null ? "within so many days" : withinDays(days)}, a session with{" "}
          <b>{filtersInWords(filters.map(printFilter))}</b>
          {asked && size.data !== null && !size.outdated && <>: {exactCount(size.data)} now</>}.
        </p>
      )}
      <form ref={form} class="form-line" onSubmit={save}>
        <Field label="Name" wide value={draft.name} onInput={(name) => change({ ...draft, name })} />
        <div class="field days">
          <label for="segment-days">Within days</label>
          <input
            id="segment-days"
            type="number"
            min="1"
            max="90"
            step="1"
            required
            value={draft.days}
            onInput={(event) => change({ ...draft, days: event.currentTarget.value })}
          />
        </div>
        <button
          type="submit"
          class="button primary"
          disabled={action.busy || askedOf(draft, filters) === null}
          title={filters.length === 0 ? "It takes a filter at least" : undefined}
        >
          {isNew ? "Save these filters as a segment" : "Save"}
        </button>
        {!isNew && (
          <button type="button" class="button" onClick={() => change(EMPTY)}>
            Leave it as it is
          </button>
        )}
      </form>
      <Said error={action.error} />
    </Panel>
  );
}
