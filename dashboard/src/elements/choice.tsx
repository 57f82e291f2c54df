import { useId } from "preact/hooks";
import "./choice.css";

interface Props<T extends string> {
  /** What is being chosen, for screen readers. */
  label: string;
  options: { value: T; text: string; title?: string }[];
  value: T;
  onChoose: (value: T) => void;
  look?: "pills" | "plain";
}

/** One of a few: radio buttons, so that the keyboard and screen readers know them already. */
export function Choice<T extends string>({ label, options, value, onChoose, look = "pills" }: Props<T>) {
  const name = useId();
  return (
    <fieldset class={`choice ${look}`}>
      <legend class="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.title}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChoose(option.value)} />
          {option.text}
        </label>
      ))}
    </fieldset>
  );
}
