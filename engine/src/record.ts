import { enqueue } from "./delivery/delivery";
import { LIBRARY } from "./generated/library";
import { VECTOR_VERSION, type Vector } from "./generated/vectorFields";
import { tell } from "./host/subscribers";
import { uuid7 } from "./identity/uuid7";
import { currentVisit } from "./identity/visit";
import { user, visitor } from "./identity/visitor";
import type { EventType, Properties } from "./publicApi";
import { type Campaign, describePage, type Page } from "./signals/page";

let page: Page;
let campaign: Campaign;

/** From now on events are of the page that the address bar shows, where the visitor came by `referrer`. */
export function enterPage(referrer: string): void {
  const found: Campaign = {};
  page = describePage(referrer, found);
  // A campaign holds for all pages until the document goes.
  if (!campaign || Object.keys(found).length) campaign = found;
}

export function currentUrl(): string {
  return page.url;
}

/** Makes an event of it and puts it into the queue. */
export function record(
  type: EventType,
  name?: string,
  properties?: Properties,
  vector?: Vector,
  traits?: Properties,
): void {
  const timestamp = Date.now();
  const id = uuid7(timestamp);
  // Applications set the title some time after they have changed the address.
  if (page.path === location.pathname) page.title = document.title;
  const context = {
    page,
    campaign,
    locale: navigator.language,
    automation: navigator.webdriver || undefined,
    library: LIBRARY,
    vector_version: VECTOR_VERSION,
  };
  const session = visitor && currentVisit().id;
  const event = { id, type, name, visitor, user, session, timestamp, properties, traits, vector };
  enqueue(visitor, JSON.stringify(context), JSON.stringify(event));
  tell("event", { id, type, name, timestamp });
}
