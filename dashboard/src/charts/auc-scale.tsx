import "./auc-scale.css";

/** Where an AUC and its interval lie between guessing and certainty. */
export function AucScale({ auc, interval }: { auc: number; interval: [number, number] | null | undefined }) {
  const at = (value: number) => Math.min(100, Math.max(0, (value - 0.5) * 200));
  return (
    <div class="auc-scale" aria-hidden="true">
      <span class="rail" />
      {interval && (
        <span class="interval" style={{ left: `${at(interval[0])}%`, right: `${100 - at(interval[1])}%` }} />
      )}
      <span class="point" style={{ left: `${at(auc)}%` }} />
      <span class="ends">
        <span>0.5 guessing</span>
        <span>1 certain</span>
      </span>
    </div>
  );
}
