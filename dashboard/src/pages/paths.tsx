import { api } from "../api";
import { explore, type Link, type Paths } from "../api/explore";
import { Answer, Skeleton } from "../elements/answer";
import { Choice } from "../elements/choice";
import { Panel } from "../elements/panel";
import { ValueField } from "../elements/value-field";
import { count, plural, share } from "../format";
import { ask, asked } from "../location";
import { useResource } from "../resource";
import { layOut, type Node, named, type Ribbon } from "../ribbons";
import {
  isWhole,
  NO_STEP,
  parseStep,
  printStep,
  STEP_DIMENSIONS,
  type Step,
  type StepDimension,
  stepInWords,
} from "../steps";
import type { PageProps } from "./page";
import { paceOf, periodOf, type Question } from "./question";
import "./paths.css";

const DEPTHS = ["1", "2", "3", "4", "5"] as const;
const LIMIT = 8;
const DIRECTIONS = [
  { value: "after", text: "After it" },
  { value: "before", text: "Before it" },
] as const;

/** Where visitors go from a page or event, and where they came from. */
export function PathsPage({ question }: PageProps) {
  const chosen = asked("anchor")[0];
  const suggested = useResource(
    chosen ? null : `anchor ${question.key}`,
    async (abort) => {
      const top = await api.breakdown({ ...periodOf(question), dimension: "page", limit: 1 }, abort);
      return { anchor: top.rows[0]?.value ? `page==${top.rows[0].value}` : null };
    },
    { ...paceOf(question), beat: undefined },
  );
  const anchor = chosen ?? suggested.data?.anchor ?? null;
  const direction = DIRECTIONS.find(({ value }) => value === asked("direction")[0])?.value ?? "after";
  const depth = DEPTHS.find((each) => each === asked("depth")[0]) ?? "3";
  const isStep = anchor !== null && isWhole(anchor);
  const paths = useResource(
    isStep ? [question.key, anchor, direction, depth].join(" ") : null,
    (abort) =>
      explore.paths(
        { ...periodOf(question), anchor: anchor ?? "", direction, depth: Number(depth), limit: LIMIT },
        abort,
      ),
    paceOf(question),
  );
  return (
    <div class="grid paths">
      <Panel
        title={anchor ? `${direction === "after" ? "After" : "Before"} ${stepInWords(anchor)}` : "Paths"}
        note={paths.data && plural(paths.data.sessions, "visit")}
        busy={paths.outdated}
        controls={
          <Choice
            label="Before or after"
            options={[...DIRECTIONS]}
            value={direction}
            onChoose={(value) => ask({ direction: [value] })}
          />
        }
      >
        <Asking question={question} anchor={anchor ?? printStep(NO_STEP)} depth={depth} />
        {!isStep && (chosen || suggested.data !== null) ? (
          <div class="nothing">{chosen ? "Choose a page, event or goal." : "No page was viewed in this range."}</div>
        ) : (
          <Answer
            of={paths}
            skeleton={<Skeleton height={360} />}
            nothing={({ sessions }) => sessions === 0 && "No visit in this range has it."}
          >
            {(answer) => (
              <>
                <Diagram paths={answer} />
                <AsTable paths={answer} />
              </>
            )}
          </Answer>
        )}
      </Panel>
    </div>
  );
}

function Asking({ question, anchor, depth }: { question: Question; anchor: string; depth: string }) {
  const step = parseStep(anchor) ?? NO_STEP;
  const put = (next: Step) => ask({ anchor: [printStep(next)] });
  return (
    <div class="asking">
      <select
        aria-label="What it is"
        value={step.dimension}
        onChange={(event) => put({ ...step, dimension: event.currentTarget.value as StepDimension, values: [""] })}
      >
        {STEP_DIMENSIONS.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <ValueField
        question={question}
        dimension={step.dimension}
        label="Which one"
        value={step.values[0] ?? ""}
        onChange={(value) => put({ ...step, values: [value] })}
      />
      <label>
        <span>pages far</span>
        <select value={depth} onChange={(event) => ask({ depth: [event.currentTarget.value] })}>
          {DEPTHS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Columns of pages, and between them ribbons as wide as the visits that took them. A page is clicked to go on from it. */
function Diagram({ paths }: { paths: Paths }) {
  const { nodes, ribbons, width, height } = layOut(paths);
  return (
    <div class="scrolls">
      <div class="diagram" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg width={width} height={height} aria-hidden="true">
          {ribbons.map((ribbon) => (
            <path key={`${ribbon.key}`} class={ribbon.isEnd ? "end" : ""} d={curve(ribbon)} />
          ))}
        </svg>
        {nodes.map((node) => (
          <DiagramNode key={`${node.level} ${node.name}`} node={node} sessions={paths.sessions} />
        ))}
      </div>
    </div>
  );
}

function DiagramNode({ node, sessions }: { node: Node; sessions: number }) {
  const { value } = node;
  const style = { left: `${node.x}px`, top: `${node.y}px`, height: `${node.height}px` };
  const words = (
    <>
      <i aria-hidden="true" />
      <span class="clip">{node.name}</span>
      <span class="number">{count(node.sessions)}</span>
    </>
  );
  const title = `${node.name}: ${count(node.sessions)} visits, ${share(node.sessions / sessions)}`;
  return value && node.level > 0 ? (
    <button
      type="button"
      class="node"
      style={style}
      title={title}
      onClick={() => ask({ anchor: [printStep({ ...NO_STEP, values: [value] })] })}
    >
      {words}
    </button>
  ) : (
    <span class={`node ${value === null ? "end" : ""}`} style={style} title={title}>
      {words}
    </span>
  );
}

function curve({ x0, y0, x1, y1, breadth }: Ribbon): string {
  const middle = (x0 + x1) / 2;
  return (
    `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}` +
    `V${y1 + breadth}C${middle} ${y1 + breadth} ${middle} ${y0 + breadth} ${x0} ${y0 + breadth}Z`
  );
}

function AsTable({ paths }: { paths: Paths }) {
  return (
    <details class="as-table">
      <summary>The same as a table</summary>
      <div class="scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="number">
                Visits
              </th>
            </tr>
          </thead>
          <tbody>
            {paths.levels.flatMap(({ links }, level) =>
              links.map((link) => (
                <Row key={`${level} ${link.from} ${link.value}`} link={link} level={level} paths={paths} />
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Row({ link, level, paths }: { link: Link; level: number; paths: Paths }) {
  const from = level === 0 ? stepInWords(paths.anchor) : named(link.from ?? null, paths.direction);
  return (
    <tr>
      <td class="number">{level + 1}</td>
      <td>{from}</td>
      <td>{named(link.value, paths.direction)}</td>
      <td class="number">{count(link.sessions)}</td>
    </tr>
  );
}
