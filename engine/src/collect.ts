import { leave, startDelivery, stopDelivery } from "./delivery/delivery";
import { Field } from "./generated/vectorFields";
import { listen, soon, stopListening } from "./host/listen";
import { navigationTiming } from "./host/navigation";
import { closeServer, openServer } from "./host/server";
import { forgetAll } from "./identity/consent";
import { openStorage } from "./identity/storage";
import { countPage, forgetVisit } from "./identity/visit";
import { forgetVisitor, openVisitor, visitor } from "./identity/visitor";
import { stopIntent, updateIntent } from "./intelligence/intent";
import { closeStream, forgetToken, updateStream } from "./intelligence/stream";
import type { EngineOptions, Properties, Words } from "./publicApi";
import { currentUrl, enterPage, record } from "./record";
import { abandonForms } from "./signals/forms";
import { beat, stopBeating } from "./signals/heartbeat";
import { keepParams } from "./signals/page";
import { type Navigation, settlePageView, stopPageViews, watchPageViews } from "./signals/pageViews";
import { cameBack } from "./signals/quickBack";
import { leaveScrollingPage } from "./signals/scrolling";
import { watchSignals } from "./signals/signals";
import { count, openVector, startPage } from "./signals/vector";
import { reportVitals, stopVitals } from "./signals/webVitals";

const wordsOf = (words: Words = "") => `${words}`.split(/[\s,]+/);

/** Watches this page on behalf of one visitor. */
export function startCollecting(options: EngineOptions, onDevice: boolean): void {
  openServer(options);
  openStorage(onDevice);
  openVisitor(onDevice);
  keepParams(wordsOf(options.params));
  enterPage(document.referrer);
  startDelivery();
  openVector();
  watchPageViews(leavePage, viewPage);
  watchSignals(wordsOf(options.off));
  soon(updateIntent);
  listen("visibilitychange", () => {
    if (document.hidden) {
      count(Field.hides);
      hide();
    } else updateStream();
  });
  listen("pagehide", () => hide(true));
}

function viewPage(navigation: Navigation): void {
  if (navigation !== "load") enterPage(navigation === "restore" ? document.referrer : currentUrl());
  const historyMove = navigation === "load" ? navigationTiming()?.type === "back_forward" : navigation !== "history";
  recordPage(historyMove, undefined, { navigation });
}

function recordPage(historyMove: boolean, name?: string, properties?: Properties): void {
  startPage();
  const away = countPage(historyMove);
  record("page", name, properties);
  // Once quick backs are watched for.
  if (away !== undefined) soon(() => cameBack(away));
}

function leavePage(): void {
  leaveScrollingPage();
  beat();
  abandonForms();
}

/** A page view of the application's own making. */
export function declarePage(name?: string, properties?: Properties): void {
  leavePage();
  recordPage(false, name, properties);
}

function hide(dying?: boolean): void {
  settlePageView();
  if (dying) leavePage();
  else beat();
  reportVitals();
  leave(dying);
  closeStream();
}

/** What comes next belongs to a new visitor. */
export function changeVisitor(): void {
  leavePage();
  forgetToken();
  forgetVisitor();
  forgetVisit();
  openVisitor(!!visitor);
  startPage();
}

export function stopCollecting(): void {
  closeServer();
  stopListening();
  stopBeating();
  stopVitals();
  stopPageViews();
  forgetToken();
  stopIntent();
}

/** Removes what is stored, by this page and by those before it, and what waits to be sent. */
export function forgetCollected(): void {
  stopDelivery();
  forgetAll();
}
