import type { SpeedRow, Vital } from "../../api/behaviour";
import { RATINGS, readInWords, VITALS, type VitalName, vitalInWords } from "../../behaviour";
import { count, plural } from "../../format";
import { PageName, PartPanel, type PartProps } from "./part";
import "./speed.css";

const COLUMNS = [
  { text: "Page" },
  { text: "Views", meaning: "Page views of which Web Vitals were reported", isNumber: true },
  { text: "Slow", meaning: "Views of which one of them was not good", isNumber: true },
  ...VITALS.map(({ title, meaning }) => ({ text: title, meaning, isNumber: true })),
];

/** How fast pages are: three of four views were at least so fast. */
export function Speed(props: PartProps) {
  return (
    <PartPanel
      {...props}
      part="speed"
      title="Speed"
      note={readInWords}
      nothing="No Web Vitals were reported in this range."
      columns={COLUMNS}
      row={(row) => <Row key={row.page} row={row} question={props.question} />}
      below={<Legend />}
    />
  );
}

function Row({ row, question }: { row: SpeedRow } & Pick<PartProps, "question">) {
  return (
    <tr>
      <th scope="row">
        <PageName page={row.page} question={question} />
      </th>
      <td class="number">{count(row.views)}</td>
      <td class={`number ${row.slow === 0 ? "zero" : "main"}`}>{count(row.slow)}</td>
      {VITALS.map(({ name }) => (
        <Measured key={name} name={name} vital={row[name]} />
      ))}
    </tr>
  );
}

function Measured({ name, vital }: { name: VitalName; vital: Vital }) {
  const rating = vital.rating && RATINGS[vital.rating];
  return (
    <td class="number" title={`of ${plural(vital.measured, "view")}${vital.rating ? `: ${vital.rating}` : ""}`}>
      {rating && (
        <>
          <span class={`rating ${rating.look}`} aria-hidden="true">
            {rating.mark}
          </span>
          <span class="sr-only">{vital.rating}: </span>
        </>
      )}
      {vitalInWords(name, vital)}
    </td>
  );
}

function Legend() {
  return (
    <div class="legend">
      <p>The 75th percentile: three of four views were at least so fast.</p>
      <ul class="ratings">
        <li>
          <Mark of="good" /> good: {VITALS.map(({ title, good }) => `${title} up to ${good}`).join(", ")}
        </li>
        <li>
          <Mark of="needs improvement" /> needs improvement
        </li>
        <li>
          <Mark of="poor" /> poor: {VITALS.map(({ title, poor }) => `${title} over ${poor}`).join(", ")}
        </li>
      </ul>
    </div>
  );
}

function Mark({ of }: { of: keyof typeof RATINGS }) {
  return (
    <span class={`rating ${RATINGS[of].look}`} aria-hidden="true">
      {RATINGS[of].mark}
    </span>
  );
}
