/** Models, and how good they are. */

export interface CalibrationPoint {
  predicted: number;
  observed: number;
  count: number;
  /** Absent of versions that were judged before these were kept. */
  sessions?: number;
  /** 95%, of what was observed. */
  interval?: [number, number];
}

/** By how much a model gets worse where the values of a feature are mixed up: mean and standard deviation. */
export interface FeatureImportance {
  feature: string;
  meaning: string;
  increase: number;
  spread: number;
  parts?: FeatureImportance[];
}

export interface Importance {
  examples: number;
  /** Sessions, or visitors, that the examples are of. */
  of: number;
  /** Of what less is told; log loss, of which more, where it is absent. */
  measure?: string;
  /** Absent where nothing is shuffled: each feature is put at what is usual. */
  repeats?: number;
  log_loss?: number;
  /** The weightiest first. */
  features: FeatureImportance[];
}

export interface ModelMetrics {
  sessions_train: number;
  sessions_test: number;
  examples_test: number;
  positives_train: number;
  positives_test: number;
  auc: number | null;
  auc_interval: [number, number] | null;
  log_loss: number | null;
  log_loss_baseline: number | null;
  average_precision: number | null;
  ece: number | null;
  calibration: CalibrationPoint[];
  lift: { decile: number; lift: number }[];
  split_at: string | null;
  importance: Importance;
}

export interface Model {
  task: string;
  version: number | string | null;
  status: "ready" | "abstaining";
  reason: string | null;
  trained_at: string | null;
  trained_on: "simulated" | "observed" | "mixed" | null;
  features: string[];
  /** Absent, or partly empty, for a model that never reached a held-out test. */
  metrics: Partial<ModelMetrics> | null;
  /** Why this version is the one in use. */
  decided_because?: string | null;
  /** The newest version that has not taken its place. */
  challenger?: Challenger | null;
  realised?: Realised | null;
  drift?: Drift | null;
  /** All that are kept, the newest first. */
  versions?: ModelVersion[];
}

export interface ModelVersion {
  version: number;
  role: "champion" | "challenger" | "former";
  status: "ready" | "abstaining";
  trained_at: string;
  auc: number | null;
  auc_interval: [number, number] | null;
  realised: Realised | null;
}

export interface Challenger {
  version: number;
  status: "ready" | "abstaining";
  trained_at: string;
  decided_because: string | null;
  auc: number | null;
}

/** How scores turned out that were told: of a sample of sessions that have ended. */
export interface RealisedFigures {
  moments: number;
  sessions: number;
  base_rate: number;
  auc: number | null;
  auc_low: number | null;
  auc_high: number | null;
  log_loss: number;
  log_loss_baseline: number;
  ece: number;
}

export interface Realised extends RealisedFigures {
  since: string;
  days: (RealisedFigures & { day: string })[];
}

/** How far the newest sessions are from those learned from: population stability index of each feature. */
export interface Drift {
  sessions: number;
  /** Why nothing can be said. */
  reason: string | null;
  drifted: string[];
  features: { name: string; psi: number; limit: number }[];
}
