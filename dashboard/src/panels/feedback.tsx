import { api, type Feedback, type Intervention, type Side } from "../api";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { count, plural, points, share } from "../format";
import { paceOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./feedback.css";

const VERDICTS: Record<Intervention["verdict"], string> = {
  better: "better than without",
  worse: "worse than without",
  "no difference seen": "no difference seen",
  unknown: "too early to say",
};

/** What pages did because of what is predicted, and how it went beside the visitors who were held out. */
export function FeedbackPanel({ question }: { question: Question }) {
  const feedback = useResource(
    question.key,
    (abort) => {
      const { from, to } = question.window();
      return api.feedback({ project: question.project, from, to }, abort);
    },
    paceOf(question),
  );
  const held = feedback.data?.holdout;
  return (
    <Panel
      title="What acting brings"
      note={held ? `${share(held)} of visitors are held out` : "nobody is held out"}
      busy={feedback.outdated}
      class="feedback"
    >
      <Answer
        of={feedback}
        skeleton={<Skeleton rows={2} height={44} />}
        nothing={({ interventions }) =>
          interventions.length === 0 && (
            <p>
              Nothing was shown to visitors in this range. A page that acts on what is predicted says so with{" "}
              <code class="mono">$exposure</code> events.
            </p>
          )
        }
      >
        {(data) => <Interventions feedback={data} />}
      </Answer>
    </Panel>
  );
}

function Interventions({ feedback }: { feedback: Feedback }) {
  const { interventions, holdout, unusable } = feedback;
  const reach = Math.max(0.01, ...interventions.flatMap(({ interval }) => (interval ?? []).map(Math.abs)));
  return (
    <>
      <div class="scrolls">
        <table>
          <caption class="sr-only">
            Conversions of visitors who were shown each intervention, and of those held out
          </caption>
          <thead>
            <tr>
              <th scope="col">Shown</th>
              <th scope="col">Converted</th>
              <th scope="col">Held out</th>
              <th scope="col">Difference, 95%</th>
              <th scope="col">
                <span class="sr-only">Verdict</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {interventions.map((each) => (
              <tr key={each.intervention}>
                <th scope="row">
                  {each.intervention}
                  <small>
                    {plural(each.shown.visitors, "visitor")}
                    {each.shown.clicked > 0 && ` · ${count(each.shown.clicked)} took it up`}
                    {each.shown.dismissed > 0 && ` · ${count(each.shown.dismissed)} declined`}
                  </small>
                </th>
                <td class="number">{rateOf(each.shown)}</td>
                <td class="number">{rateOf(each.holdout)}</td>
                <td class="number">
                  <Uplift of={each} reach={reach} />
                </td>
                <td>
                  <span class={`verdict ${each.verdict.replaceAll(" ", "-")}`}>{VERDICTS[each.verdict]}</span>
                  {each.reason && <small>{each.reason}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(holdout === 0 || unusable > 0) && (
        <p class="feedback-foot">
          {holdout === 0 && (
            <>
              Without visitors who are shown nothing there is nothing to compare with:{" "}
              <code class="mono">gooddata project holdout PROJECT 0.1</code> holds out a tenth.{" "}
            </>
          )}
          {unusable > 0 && `${plural(unusable, "exposure")} named no intervention or no variant, and do not count.`}
        </p>
      )}
    </>
  );
}

function rateOf({ rate, converted, visitors, interval }: Side) {
  if (rate === null) return "–";
  return (
    <>
      {share(rate)}
      <small>
        {count(converted)} of {count(visitors)}
        {interval && `, ${share(interval[0])} to ${share(interval[1])}`}
      </small>
    </>
  );
}

/** The difference as a dot on its interval, zero in the middle. */
function Uplift({ of, reach }: { of: Intervention; reach: number }) {
  if (of.uplift === null || of.interval === null) return <>–</>;
  const place = (value: number) => `${50 + (value / reach) * 50}%`;
  const [low, high] = of.interval;
  return (
    <>
      {points(of.uplift)}
      <span class="uplift" aria-hidden="true">
        <i style={{ left: place(low), right: `calc(100% - ${place(high)})` }} />
        <b style={{ left: place(of.uplift) }} />
      </span>
      <small>
        {points(low)} to {points(high)}
      </small>
    </>
  );
}
