import { useId } from "preact/hooks";
import { api } from "../api";
import type { Dimension } from "../api/traffic";
import { paceOf, periodOf, type Question } from "../pages/question";
import { useResource } from "../resource";

const SUGGESTED = 30;

interface Props {
  question: Question;
  dimension: Dimension;
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A text, with the values that a dimension has in the range to choose from. */
export function ValueField({ question, dimension, label, value, onChange }: Props) {
  const list = useId();
  const known = useResource(
    `values ${question.key} ${dimension}`,
    (abort) => api.breakdown({ ...periodOf(question), dimension, limit: SUGGESTED }, abort),
    { ...paceOf(question), beat: undefined },
  );
  return (
    <>
      <input
        class="value-field"
        aria-label={label}
        list={list}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        {(known.data?.rows ?? []).map((row) => row.value && <option key={row.value} value={row.value} />)}
      </datalist>
    </>
  );
}
