import type { FormRow } from "../../api/behaviour";
import { sentShare } from "../../behaviour";
import { count, share } from "../../format";
import { ElementName, PageName, PartPanel, type PartProps } from "./part";
import "./forms.css";

const COLUMNS = [
  { text: "Page" },
  { text: "Form" },
  { text: "Begun", isNumber: true },
  { text: "Sent", isNumber: true },
  { text: "Left", meaning: "The page was left with the form begun and not sent", isNumber: true },
  { text: "Sent of those begun" },
  { text: "Last field before leaving" },
];

/** Which forms are begun, sent and left, and at which field. */
export function Forms(props: PartProps) {
  return (
    <PartPanel
      {...props}
      part="forms"
      title="Forms"
      note={() => "what is typed is never collected"}
      nothing="No form was begun in this range."
      columns={COLUMNS}
      row={(row) => <Row key={`${row.page} ${row.form}`} row={row} question={props.question} />}
    />
  );
}

function Row({ row, question }: { row: FormRow } & Pick<PartProps, "question">) {
  const sent = sentShare(row);
  return (
    <tr>
      <th scope="row">
        <PageName page={row.page} question={question} />
      </th>
      <td>
        <ElementName path={row.form} none="an unknown form" whole="fields outside of a form" />
      </td>
      <td class="number main">{count(row.started)}</td>
      <td class="number">{count(row.submitted)}</td>
      <td class="number">{count(row.abandoned)}</td>
      <td class="sent">
        <span class="track" aria-hidden="true">
          <span style={{ width: `${(sent ?? 0) * 100}%` }} />
        </span>
        <span class="number">{share(sent)}</span>
      </td>
      <td>
        {row.left_at.length === 0 ? (
          <span class="zero">–</span>
        ) : (
          <ol class="left-at">
            {row.left_at.map(({ field, times }) => (
              <li key={field}>
                <ElementName path={field} none="" whole="" /> <span class="number">{count(times)}×</span>
              </li>
            ))}
          </ol>
        )}
      </td>
    </tr>
  );
}
