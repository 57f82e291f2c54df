import type { ComponentChildren, TargetedInputEvent } from "preact";
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
  /** Of a password also what a password manager is to fill in. */
  kind?: "text" | "email" | "current-password" | "new-password";
}

const FILLED_IN = {
  text: "off",
  email: "username",
  "current-password": "current-password",
  "new-password": "new-password",
} as const;

/** A labelled line of text. */
export function Field({
  label,
  value,
  onInput,
  hint,
  placeholder = "",
  numeric = false,
  wide = false,
  kind = "text",
}: FieldProps) {
  const id = useId();
  const given = {
    id,
    value,
    placeholder,
    inputMode: numeric ? ("decimal" as const) : kind === "email" ? ("email" as const) : ("text" as const),
    autocomplete: FILLED_IN[kind],
    spellcheck: false,
    "aria-describedby": hint ? `${id}-hint` : undefined,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
  };
  return (
    <div class={`field ${wide ? "wide" : ""}`}>
      <label for={id}>{label}</label>
      {kind.endsWith("password") ? <input {...given} type="password" /> : <input {...given} />}
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
