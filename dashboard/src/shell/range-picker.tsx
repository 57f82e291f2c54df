import { useSignal } from "@preact/signals";
import { Choice } from "../elements/choice";
import { showRange } from "../location";
import { RANGES, type Range, type RangeName, type TimeWindow } from "../range";
import "./range-picker.css";

interface Props {
  range: Range;
  /** What the range comes to at the moment: where a custom range starts from. */
  window: TimeWindow;
}

export function RangePicker({ range, window: shown }: Props) {
  const editing = useSignal(range.name === "custom");
  const wrong = useSignal("");
  const chosen: RangeName = editing.value ? "custom" : range.name;

  function choose(name: RangeName): void {
    wrong.value = "";
    editing.value = name === "custom";
    if (name !== "custom") showRange({ name });
  }

  function apply(event: SubmitEvent): void {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const from = Date.parse(String(fields.get("from")));
    const to = Date.parse(String(fields.get("to")));
    wrong.value = from < to ? "" : "The end must be later than the start.";
    if (from < to) showRange({ name: "custom", from, to });
  }

  return (
    <div class="range-picker">
      <Choice
        label="Time range"
        options={RANGES.map(({ name, short, long }) => ({ value: name, text: short, title: long }))}
        value={chosen}
        onChoose={choose}
      />
      {chosen === "custom" && (
        <form onSubmit={apply}>
          <label>
            From
            <input type="datetime-local" name="from" required defaultValue={localInput(shown.from)} />
          </label>
          <label>
            to
            <input type="datetime-local" name="to" required defaultValue={localInput(shown.to)} />
          </label>
          <button type="submit" class="button primary">
            Show
          </button>
          {wrong.value && (
            <span class="wrong" role="alert">
              {wrong.value}
            </span>
          )}
        </form>
      )}
    </div>
  );
}

/** The local time as an input of type datetime-local wants it: 2026-11-23T10:00. */
function localInput(instant: number): string {
  return new Date(instant - new Date(instant).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
