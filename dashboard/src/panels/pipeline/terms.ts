import type { Ledger } from "../../api/traffic";

export interface Term {
  name: "stored" | "duplicate" | "rejected" | "dropped";
  total: number;
  reasons: [string, number][];
}

/** The parts that a ledger adds up from, each with its reasons, the most frequent first. */
export function termsOf(ledger: Ledger): Term[] {
  const sum = (reasons: Record<string, number>) => Object.values(reasons).reduce((total, each) => total + each, 0);
  const most = (reasons: Record<string, number>) => Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  return [
    { name: "stored", total: ledger.stored, reasons: [] },
    { name: "duplicate", total: ledger.duplicate, reasons: [] },
    { name: "rejected", total: sum(ledger.rejected), reasons: most(ledger.rejected) },
    { name: "dropped", total: sum(ledger.dropped), reasons: most(ledger.dropped) },
  ];
}
