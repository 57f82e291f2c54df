/** What was shown to visitors, and what came of it. */

/** Visitors who were shown something, or would have been, and what came of it. */
export interface Side {
  visitors: number;
  converted: number;
  clicked: number;
  dismissed: number;
  /** 0 to 1; null of nobody. */
  rate: number | null;
  /** 95%. */
  interval: [number, number] | null;
}

export interface Intervention {
  intervention: string;
  shown: Side;
  holdout: Side;
  /** Difference of the rates; null while too little is known, and then there is a reason. */
  uplift: number | null;
  interval: [number, number] | null;
  relative: number | null;
  verdict: "better" | "worse" | "no difference seen" | "unknown";
  reason: string | null;
}

export interface Feedback {
  /** Share of visitors who are held out now. */
  holdout: number;
  /** Null: what comes of it counts in the same session. */
  within_hours: number | null;
  interventions: Intervention[];
  /** How many more interventions there are, with fewer visitors. */
  left_out: number;
  /** Exposures that name no intervention or no variant. */
  unusable: number;
}

/** An item that was shown, and what came of it in the same session. */
export interface ShownItem {
  item: string;
  shown: number;
  visitors: number;
  clicked: number;
  click_rate: number;
  click_interval: [number, number];
  bought: number;
  bought_rate: number;
  bought_interval: [number, number];
  orders: number;
  revenue: number;
  bought_after_click: number;
  orders_after_click: number;
  revenue_after_click: number;
}

export type ItemOrder = "shown" | "visitors" | "clicked" | "click_rate" | "bought" | "revenue" | "revenue_after_click";

export interface ShownItems {
  items: ShownItem[];
  /** How many there are on all pages. */
  count: number;
}
