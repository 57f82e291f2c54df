import { count, plural } from "../../format";
import { PageName, PartPanel, type PartProps } from "./part";

const COLUMNS = [{ text: "Page" }, { text: "Errors", isNumber: true }, { text: "Sessions", isNumber: true }];

/** Where scripts fail. */
export function PageErrors(props: PartProps) {
  return (
    <PartPanel
      {...props}
      part="errors"
      title="Errors by page"
      note={({ errors, sessions }) => `${plural(errors, "error")} in ${plural(sessions, "session")}`}
      nothing="No script failed in this range."
      columns={COLUMNS}
      row={({ page, errors, sessions }) => (
        <tr key={page}>
          <th scope="row">
            <PageName page={page} question={props.question} />
          </th>
          <td class="number">{count(errors)}</td>
          <td class="number main">{count(sessions)}</td>
        </tr>
      )}
    />
  );
}
