import type { Score } from "../api/sessions";
import { Tip } from "../elements/tip";
import { share } from "../format";
import "./score-bar.css";

/** A probability as a bar with its percentage, or that the model abstains, and why. */
export function ScoreBar({ score }: { score: Score | null | undefined }) {
  if (!score || score.abstained || score.score === null) {
    return (
      <span class="score-bar abstains">
        <span class="track unknown" aria-hidden="true" />
        <Tip side="right" explanation={score?.reason ?? "No score has been computed for this session yet."}>
          {score ? "abstains" : "no score"}
        </Tip>
      </span>
    );
  }
  return (
    <span class="score-bar">
      <span class="track" aria-hidden="true">
        <span class="fill" style={{ transform: `scaleX(${score.score})` }} />
      </span>
      <span class="value number">{share(score.score)}</span>
    </span>
  );
}
