"use client";

import { useGoodData, useIntelligence } from "./gooddata";

/** A discount for who is undecided: shown to nobody of whom there is no opinion, nor to who is held out. */
export function Offer() {
  const engine = useGoodData();
  const told = useIntelligence();
  const score = told?.scores.conversion?.score;
  if (!told || told.holdout || score == null || score < 0.2 || score > 0.6) return null;
  return (
    <button type="button" onClick={() => engine?.track("Took offer", { offer: "ten-percent" })}>
      Ten per cent off today
    </button>
  );
}
