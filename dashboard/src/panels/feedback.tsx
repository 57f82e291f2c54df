import { api } from "../api";
import type { Feedback, Intervention } from "../api/feedback";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { plural, share } from "../format";
import { paceOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import { InterventionReport } from "./intervention";
import "../elements/report.css";
import "./feedback.css";

/** What the site showed because of what was predicted, and whether that did any good. */
export function FeedbackPanel({ question }: { question: Question }) {
  const feedback = useResource(
    question.key,
    (abort) => {
      const { from, to } = question.window();
      return api.feedback({ project: question.project, from, to }, abort);
    },
    paceOf(question),
  );
  return (
    <Panel
      title="What acting brings"
      note="visitors who were shown something, beside those held out"
      busy={feedback.outdated}
      class="feedback"
    >
      <Answer
        of={feedback}
        skeleton={<Skeleton rows={2} height={96} />}
        nothing={(answer) => answer.interventions.length === 0 && <Nothing of={answer} project={question.project} />}
      >
        {(answer) => (
          <>
            {answer.interventions.map((each: Intervention) => (
              <InterventionReport key={each.intervention} of={each} />
            ))}
            <Foot of={answer} project={question.project} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Nothing({ of, project }: { of: Feedback; project: string }) {
  return (
    <div class="feedback-nothing">
      <p>
        Nothing was shown to anybody in this range. A page that acts on <code class="mono">intent</code> or{" "}
        <code class="mono">intelligence</code> tells so with <code class="mono">$exposure</code> events; what came of it
        then stands here.
      </p>
      <Foot of={of} project={project} />
    </div>
  );
}

function Foot({ of: { holdout, left_out, unusable }, project }: { of: Feedback; project: string }) {
  return (
    <div class="feedback-foot">
      {holdout > 0 ? (
        <p>
          {share(holdout)} of the visitors are held out. They are scored and counted as all others are, and their pages
          are told nothing.
        </p>
      ) : (
        <p>
          Nobody is held out, so nothing can be compared. To hold out a tenth of the visitors:{" "}
          <code class="mono command">gooddata project holdout {project} 0.1</code>
        </p>
      )}
      {left_out > 0 && <p>{plural(left_out, "more intervention")} with fewer visitors.</p>}
      {unusable > 0 && (
        <p class="unusable">
          <strong>{plural(unusable, "event counts", "events count")} for nothing:</strong> without an{" "}
          <code class="mono">intervention</code>, or with a <code class="mono">variant</code> other than{" "}
          <code class="mono">shown</code> and <code class="mono">holdout</code>.
        </p>
      )}
    </div>
  );
}
