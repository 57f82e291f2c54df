import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { api } from "../api";
import { Icon } from "../elements/icons";
import {
  COUNT_WORDS,
  DIMENSION_WORDS,
  type Filter,
  type Filterable,
  filterInWords,
  isNumberName,
  OPERATOR_WORDS,
  type Operator,
  operatorsOf,
  opposite,
  printFilter,
  SCORE_WORDS,
  typedValue,
  withFilter,
} from "../filters";
import { filterBy } from "../location";
import { paceOf, periodOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./filter-bar.css";

const SUGGESTED = 30;

const GROUPS: [string, Partial<Record<Filterable, string>>][] = [
  ["What there was", DIMENSION_WORDS],
  ["How much", COUNT_WORDS],
  ["Scores, 0 to 1", SCORE_WORDS],
];

/** What the API takes has twelve digits and six decimals at most. */
const NUMBER_INPUT = {
  type: "number",
  step: "0.000001",
  max: "999999999999",
  required: true,
  class: "of-number",
} as const;

/** The filters of the page, each with a way to turn it round and one to take it away; and a way to add one. */
export function FilterBar({ question }: { question: Question }) {
  const isAdding = useSignal(false);
  const { filters } = question;
  const change = (place: number, to: Filter | null) =>
    filterBy(filters.flatMap((each, index) => (index !== place ? [each] : to ? [to] : [])));
  return (
    <section class="filter-bar" aria-label="Filters">
      {filters.map((filter, place) => {
        const [dimension, operator, value] = filterInWords(filter);
        return (
          <span class="chip" key={printFilter(filter)}>
            {dimension}
            <button
              type="button"
              class="turn"
              title="Turn it round"
              aria-label={`${dimension} ${operator} ${value}: turn it round`}
              onClick={() => change(place, opposite(filter))}
            >
              {operator}
            </button>
            <b class="clip">{value || "(none)"}</b>
            <button
              type="button"
              class="take-away"
              aria-label={`Take away: ${dimension} ${operator} ${value}`}
              onClick={() => change(place, null)}
            >
              <Icon name="close" size={12} />
            </button>
          </span>
        );
      })}
      {isAdding.value ? (
        <NewFilter
          question={question}
          onDone={(filter) => {
            isAdding.value = false;
            if (filter) filterBy(withFilter(filters, filter));
          }}
        />
      ) : (
        <button
          type="button"
          class="add-filter"
          onClick={() => {
            isAdding.value = true;
          }}
        >
          + Filter
        </button>
      )}
      {filters.length > 1 && (
        <button type="button" class="add-filter" onClick={() => filterBy([])}>
          Clear all
        </button>
      )}
      {filters.length > 0 && <span class="meaning">Only sessions that pass are counted.</span>}
    </section>
  );
}

function NewFilter({ question, onDone }: { question: Question; onDone: (filter: Filter | null) => void }) {
  const dimension = useSignal<Filterable>("page");
  const operator = useSignal<Operator>("==");
  const value = useSignal("");
  const list = useId();
  const chosen = dimension.value;
  const isNumber = isNumberName(chosen);
  const known = useResource(
    isNumber ? null : `suggested ${question.key} ${chosen}`,
    async (abort) =>
      isNumber ? null : api.breakdown({ ...periodOf(question), dimension: chosen, limit: SUGGESTED }, abort),
    { ...paceOf(question), beat: undefined },
  );
  return (
    <form
      class="new-filter"
      onSubmit={(event) => {
        event.preventDefault();
        const text = typedValue(chosen, value.value);
        onDone(text === null ? null : { dimension: chosen, operator: operator.value, values: [text] });
      }}
      onKeyDown={(event) => event.key === "Escape" && onDone(null)}
    >
      <select
        aria-label="What to filter by"
        value={chosen}
        onChange={(event) => {
          const next = event.currentTarget.value as Filterable;
          if (!operatorsOf(next).includes(operator.value)) operator.value = operatorsOf(next)[0] ?? "==";
          if (isNumberName(next) !== isNumber) value.value = "";
          dimension.value = next;
        }}
      >
        {GROUPS.map(([label, words]) => (
          <optgroup key={label} label={label}>
            {Object.entries(words).map(([each, text]) => (
              <option key={each} value={each}>
                {text}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <select
        aria-label="How"
        value={operator.value}
        onChange={(event) => {
          operator.value = event.currentTarget.value as Operator;
        }}
      >
        {operatorsOf(chosen).map((each) => (
          <option key={each} value={each}>
            {OPERATOR_WORDS[each]}
          </option>
        ))}
      </select>
      <input
        aria-label="Value"
        {...(isNumber ? NUMBER_INPUT : { type: "text", list })}
        // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked to add a filter
        autoFocus
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <datalist id={list}>
        {(known.data?.rows ?? []).map((row) => row.value && <option key={row.value} value={row.value} />)}
      </datalist>
      <button type="submit" class="button">
        Add
      </button>
      <button type="button" class="add-filter" onClick={() => onDone(null)}>
        Cancel
      </button>
    </form>
  );
}
