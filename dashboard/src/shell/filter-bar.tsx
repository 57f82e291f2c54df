import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { api, type Dimension } from "../api";
import { Icon } from "../elements/icons";
import {
  DIMENSION_WORDS,
  DIMENSIONS,
  type Filter,
  filterInWords,
  OPERATORS,
  type Operator,
  opposite,
  printFilter,
  withFilter,
} from "../filters";
import { filterBy } from "../location";
import { paceOf, periodOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./filter-bar.css";

const SUGGESTED = 30;

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
  const dimension = useSignal<Dimension>("page");
  const operator = useSignal<Operator>("==");
  const value = useSignal("");
  const list = useId();
  const known = useResource(
    `suggested ${question.key} ${dimension.value}`,
    (abort) => api.breakdown({ ...periodOf(question), dimension: dimension.value, limit: SUGGESTED }, abort),
    { ...paceOf(question), beat: undefined },
  );
  return (
    <form
      class="new-filter"
      onSubmit={(event) => {
        event.preventDefault();
        const text = value.value.trim();
        onDone(text ? { dimension: dimension.value, operator: operator.value, values: [text] } : null);
      }}
      onKeyDown={(event) => event.key === "Escape" && onDone(null)}
    >
      <select
        aria-label="What to filter by"
        value={dimension.value}
        onChange={(event) => {
          dimension.value = event.currentTarget.value as Dimension;
        }}
      >
        {DIMENSIONS.map((each) => (
          <option key={each} value={each}>
            {DIMENSION_WORDS[each]}
          </option>
        ))}
      </select>
      <select
        aria-label="How"
        value={operator.value}
        onChange={(event) => {
          operator.value = event.currentTarget.value as Operator;
        }}
      >
        {OPERATORS.map((each) => (
          <option key={each} value={each}>
            {filterInWords({ dimension: "page", operator: each, values: [] })[1]}
          </option>
        ))}
      </select>
      <input
        aria-label="Value"
        list={list}
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
