import type { ClickRow } from "../../api/behaviour";
import { count, plural } from "../../format";
import { ElementName, PageName, PartPanel, type PartProps } from "./part";

const COLUMNS = [
  { text: "Page" },
  { text: "Element" },
  { text: "Rage clicks", meaning: "Three clicks or more within a second on one thing", isNumber: true },
  { text: "Dead clicks", meaning: "Clicks on what looks clickable, after which nothing happened", isNumber: true },
  { text: "Shaken", meaning: "The mouse was shaken to and fro", isNumber: true },
  { text: "Sessions", isNumber: true },
];

/** Where people click in rage or in vain, or shake the mouse. */
export function Clicks(props: PartProps) {
  return (
    <PartPanel
      {...props}
      part="clicks"
      title="Where people struggle"
      note={(clicks) =>
        `${plural(clicks.rage, "rage click")}, ${plural(clicks.dead, "dead click")} and ` +
        `${plural(clicks.thrash, "shaken mouse", "shaken mice")} in ${plural(clicks.sessions, "session")}`
      }
      nothing="Nobody clicked in vain in this range."
      columns={COLUMNS}
      below={
        <p class="legend">
          An element is named by its tag and its id or place: <span class="mono">form#checkout › button:4</span> is a
          button, the fourth thing in the form with that id.
        </p>
      }
      row={(row) => <Row key={`${row.page} ${row.element} ${row.role}`} row={row} question={props.question} />}
    />
  );
}

function Row({ row, question }: { row: ClickRow } & Pick<PartProps, "question">) {
  const none = row.thrash > 0 && row.rage + row.dead === 0 ? "anywhere on the page" : "an unknown element";
  return (
    <tr>
      <th scope="row">
        <PageName page={row.page} question={question} />
      </th>
      <td>
        <ElementName path={row.element} none={none} whole="the page itself" />
        {row.role && row.role !== row.tag && <small>as {row.role}</small>}
      </td>
      <Times times={row.rage} />
      <Times times={row.dead} />
      <Times times={row.thrash} />
      <td class="number main">{count(row.sessions)}</td>
    </tr>
  );
}

function Times({ times }: { times: number }) {
  return <td class={`number ${times === 0 ? "zero" : ""}`}>{count(times)}</td>;
}
