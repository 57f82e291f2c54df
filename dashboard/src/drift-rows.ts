/** How far features are from what a model learned from: which are drawn, and how far their bars reach. */

import type { Drift } from "./api/models";
import { figure } from "./format";

export interface DriftRow {
  name: string;
  drifted: boolean;
  /** From 0 to 1: how far it is, and from where on that is drift. */
  length: number;
  limit: number;
  words: string;
}

/** The farthest features, each on the same scale, which ends with what is farthest. */
export function driftRows({ features, drifted }: Drift, most: number): DriftRow[] {
  const shown = features.slice(0, most);
  const end = Math.max(...shown.map((each) => Math.max(each.psi, each.limit))) || 1;
  return shown.map(({ name, psi, limit }) => {
    const has = drifted.includes(name);
    return {
      name: name === "score" ? "what it predicts" : name,
      drifted: has,
      length: Math.max(0, psi) / end,
      limit: limit / end,
      words: `${figure(psi, 2)}${has ? ", beyond" : psi > limit ? ", follows the calendar; beyond" : ", below"} ${figure(limit, 2)}`,
    };
  });
}
