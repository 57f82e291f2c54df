import type { Markup } from "../html";

/** One page of the shop. `arrive` is called once it is shown. */
export interface Page {
  title: string;
  body: Markup;
  arrive?: () => void;
}
