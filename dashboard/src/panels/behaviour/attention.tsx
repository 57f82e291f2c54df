import type { AttentionRow } from "../../api/behaviour";
import { readInWords } from "../../behaviour";
import { count, engaged, share } from "../../format";
import { PageName, PartPanel, type PartProps } from "./part";
import "./attention.css";

const DEPTHS = ["25", "50", "75", "100"] as const;
const COLUMNS = [
  { text: "Page" },
  { text: "Views", meaning: "Page views with engaged time", isNumber: true },
  { text: "Engaged", meaning: "Half of the views had more", isNumber: true },
  ...DEPTHS.map((depth) => ({
    text: `${depth}%`,
    meaning: `Views that saw ${depth}% of the page or more`,
    isNumber: true,
  })),
];

/** How long pages are read, and how far down. */
export function Attention(props: PartProps) {
  return (
    <PartPanel
      {...props}
      part="attention"
      title="Attention"
      note={readInWords}
      nothing="No engaged time was reported in this range."
      columns={COLUMNS}
      row={(row) => <Row key={row.page} row={row} question={props.question} />}
      below={
        <p class="legend">
          Engaged: the median. Percentages: how many views scrolled so far down the page, or saw it at once.
        </p>
      }
    />
  );
}

function Row({ row, question }: { row: AttentionRow } & Pick<PartProps, "question">) {
  return (
    <tr>
      <th scope="row">
        <PageName page={row.page} question={question} />
      </th>
      <td class="number">{count(row.views)}</td>
      <td class="number main">{engaged(row.engaged_ms)}</td>
      {DEPTHS.map((depth) => {
        const reached = row.scrolled[depth] / row.views;
        return (
          <td key={depth} class="number depth" style={{ "--depth": `${Math.round(reached * 100)}%` }}>
            {share(reached)}
          </td>
        );
      })}
    </tr>
  );
}
