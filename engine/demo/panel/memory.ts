const STORED = "fernleaf.panel";
const SCORES = 60;
const NOTICED = 6;

/** What the panel has seen of this visit, in sessionStorage, so that it outlives a load. */
export interface Memory {
  visitor: string | undefined;
  events: number;
  scores: number[];
  noticed: string[];
}

export function recall(): Memory {
  const stored = sessionStorage.getItem(STORED);
  return stored ? JSON.parse(stored) : { visitor: undefined, events: 0, scores: [], noticed: [] };
}

export function remember(memory: Memory): void {
  memory.scores.splice(0, memory.scores.length - SCORES);
  memory.noticed.splice(0, memory.noticed.length - NOTICED);
  sessionStorage.setItem(STORED, JSON.stringify(memory));
}
