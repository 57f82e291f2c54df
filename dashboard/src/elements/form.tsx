import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./form.css";

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  placeholder?: string;
  numeric?: boolean;
  wide?: boolean;
}

/** A labelled line of text. */
export function Field({ label, value, onInput, hint, placeholder = "", numeric = false, wide = false }: FieldProps) {
  const id = useId();
  return (
    <div class={`field ${wide ? "wide" : ""}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        value={value}
        placeholder={placeholder}
        inputMode={numeric ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}

interface PickProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; text: string }[];
  onPick: (value: T) => void;
  quiet?: boolean;
}

/** A labelled choice among more than a few. */
export function Pick<T extends string>({ label, value, options, onPick, quiet = false }: PickProps<T>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={quiet ? "sr-only" : ""}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onPick(event.currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What came of a change, read out when it does. */
export function Said({ error, children }: { error?: Error | null; children?: ComponentChildren }) {
  return (
    <p class={`said ${error ? "bad" : ""}`} role={error ? "alert" : "status"}>
      {error ? error.message : children}
    </p>
  );
}
