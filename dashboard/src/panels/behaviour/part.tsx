import type { ComponentChildren } from "preact";
import type { Behaviour } from "../../api/behaviour";
import { elementInWords } from "../../behaviour";
import { Answer, Skeleton } from "../../elements/answer";
import { More } from "../../elements/more";
import { Panel } from "../../elements/panel";
import { withFilter } from "../../filters";
import { plural } from "../../format";
import { filterBy } from "../../location";
import type { Question } from "../../pages/question";
import type { Resource } from "../../resource";
import "./part.css";

export const ROWS = 10;

/** What each of the page's panels is given: all of them show a part of one report. */
export interface PartProps {
  question: Question;
  report: Resource<Behaviour>;
  isWhole: boolean;
  onWhole: (isWhole: boolean) => void;
}

interface Props<Part extends keyof Behaviour> extends PartProps {
  part: Part;
  title: string;
  note?: (content: Behaviour[Part]) => ComponentChildren;
  nothing: string;
  /** Headings of the table's columns; those of numbers stand at the right. */
  columns: { text: string; meaning?: string; isNumber?: boolean }[];
  row: (row: Behaviour[Part]["rows"][number]) => ComponentChildren;
  below?: ComponentChildren;
}

/** A panel with one of the report's lists as a table. */
export function PartPanel<Part extends keyof Behaviour>(props: Props<Part>) {
  const { part, title, note, nothing, columns, row, below, report, isWhole, onWhole } = props;
  const content = report.data?.[part];
  return (
    <Panel title={title} note={content && note?.(content)} busy={report.outdated} class="report-part">
      <Answer
        of={report}
        skeleton={<Skeleton rows={5} height={34} />}
        nothing={(answer) => answer[part].rows.length === 0 && nothing}
      >
        {(answer) => {
          const all: Behaviour[Part]["rows"][number][] = answer[part].rows;
          const rest = answer[part].left_out + Math.max(0, all.length - ROWS);
          return (
            <>
              <div class="scrolls">
                <table>
                  <caption class="sr-only">{title}</caption>
                  <thead>
                    <tr>
                      {columns.map(({ text, meaning, isNumber }) => (
                        <th key={text} scope="col" class={isNumber ? "number" : ""} title={meaning}>
                          {text}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>{(isWhole ? all : all.slice(0, ROWS)).map(row)}</tbody>
                </table>
              </div>
              {below}
              {rest > 0 && <More isWhole={isWhole} more={`Show ${plural(rest, "more row")}`} onChange={onWhole} />}
              {isWhole && answer[part].left_out > 0 && (
                <p class="left-out">{plural(answer[part].left_out, "row")} with less are not shown.</p>
              )}
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}

/** A page, which is clicked to count only the sessions that viewed it. */
export function PageName({ page, question }: { page: string | null; question: Question }) {
  if (page === null) return <span class="unknown">unknown page</span>;
  return (
    <button
      type="button"
      class="page-name clip"
      title={`${page}: show only sessions with it`}
      onClick={() => filterBy(withFilter(question.filters, { dimension: "page", operator: "==", values: [page] }))}
    >
      {page}
    </button>
  );
}

interface ElementProps {
  path: string | null;
  none: string;
  whole: string;
}

export function ElementName({ path, none, whole }: ElementProps) {
  const { around, itself, isWords } = elementInWords(path, none, whole);
  if (isWords) return <span class="unknown">{itself}</span>;
  return (
    <span class="element-name mono" title={path ?? ""}>
      <span class="around">{around}</span>
      <b>{itself}</b>
    </span>
  );
}
