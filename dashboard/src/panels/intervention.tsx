import type { Intervention, Side } from "../api/feedback";
import { RangeBar } from "../charts/range-bar";
import { Badge } from "../elements/badge";
import { count, plural, points, share } from "../format";

const VERDICTS: Record<Intervention["verdict"], { kind: "ready" | "worse" | "abstaining"; text: string }> = {
  better: { kind: "ready", text: "Better with it" },
  worse: { kind: "worse", text: "Worse with it" },
  "no difference seen": { kind: "abstaining", text: "No difference seen" },
  unknown: { kind: "abstaining", text: "Cannot be told yet" },
};

/** How it went for those who were shown one intervention, for those held out, and the difference. */
export function InterventionReport({ of }: { of: Intervention }) {
  const { shown, holdout, verdict, reason } = of;
  const most = Math.max(shown.interval?.[1] ?? 0, holdout.interval?.[1] ?? 0) || 1;
  return (
    <article class="intervention report">
      <div class="report-head">
        <h3>{of.intervention}</h3>
        <Badge kind={VERDICTS[verdict].kind}>{VERDICTS[verdict].text}</Badge>
        <span class="number">
          {share(part(shown.clicked, shown))} clicked, {share(part(shown.dismissed, shown))} dismissed it
        </span>
      </div>
      <div class="intervention-grid">
        <dl class="sides">
          <Converted name="Shown" of={shown} most={most} look="shown" />
          <Converted name="Held out" of={holdout} most={most} look="holdout" />
        </dl>
        <div class="difference">
          {of.uplift !== null && of.interval ? (
            <Difference uplift={of.uplift} interval={of.interval} relative={of.relative} />
          ) : (
            <p class="untold">
              <strong>No difference is told:</strong> {reason}.
            </p>
          )}
        </div>
      </div>
    </article>
  );
}

function part(some: number, { visitors }: Side): number | null {
  return visitors ? some / visitors : null;
}

interface SideProps {
  name: string;
  of: Side;
  most: number;
  look: "shown" | "holdout";
}

function Converted({ name, of: { visitors, converted, rate, interval }, most, look }: SideProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value number">
        {share(rate)} {interval && <small>{`${share(interval[0])} to ${share(interval[1])}`}</small>}
      </dd>
      <dd>
        {rate !== null && interval && <RangeBar value={rate} interval={interval} from={0} to={most} look={look} />}
      </dd>
      <dd class="meaning number">
        {visitors ? `${count(converted)} of ${plural(visitors, "visitor")} converted` : "nobody"}
      </dd>
    </div>
  );
}

interface DifferenceProps {
  uplift: number;
  interval: [number, number];
  relative: number | null;
}

function Difference({ uplift, interval: [low, high], relative }: DifferenceProps) {
  const reach = Math.max(Math.abs(low), Math.abs(high)) * 1.1 || 1;
  return (
    <dl>
      <dt>Difference</dt>
      <dd class="value number">
        {points(uplift)} <small>{`${points(low)} to ${points(high)}`}</small>
      </dd>
      <dd>
        <RangeBar value={uplift} interval={[low, high]} from={-reach} to={reach} look="difference" />
      </dd>
      <dd class="meaning">{inWords(uplift, low, high, relative)}</dd>
    </dl>
  );
}

function inWords(uplift: number, low: number, high: number, relative: number | null): string {
  if (low <= 0 && high >= 0) return "Chance alone could have made this difference: it may be none, or the other way.";
  const ofThat =
    relative === null ? "" : `, ${share(Math.abs(relative))} ${uplift > 0 ? "more" : "less"} than without it`;
  const each = (Math.abs(uplift) * 1000).toFixed(0);
  return `Of 1,000 visitors about ${each} ${uplift > 0 ? "more" : "fewer"} convert${ofThat}.`;
}
