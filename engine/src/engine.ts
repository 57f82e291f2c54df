import { changeVisitor, declarePage, forgetCollected, startCollecting, stopCollecting } from "./collect";
import { flush } from "./delivery/delivery";
import { isolated } from "./host/isolated";
import { listen, soon } from "./host/listen";
import { subscribe } from "./host/subscribers";
import { currentConsent, decide } from "./identity/consent";
import { openDevice } from "./identity/storage";
import { identify, visitor } from "./identity/visitor";
import { updateIntent } from "./intelligence/intent";
import { updateStream } from "./intelligence/stream";
import type { Command, Consent, EngineOptions, GoodData } from "./publicApi";
import { record } from "./record";
import { settlePageView, wrapHistory } from "./signals/pageViews";

/**
 * The library, as the page sees it. Collection begins as soon as the page is one that a person sees (a prerendered
 * one is not, yet) and consent allows it; `early` are the calls that were made before the library was there.
 */
export function createEngine(readOptions: () => EngineOptions, early: readonly Command[] = []): GoodData {
  let options: EngineOptions;
  let collecting: Consent | undefined;
  let waiting: (() => void)[] | undefined = [];

  const isCollecting = () => collecting && collecting !== "off";

  /** Calls wait for the page to be seen, and never throw into it. */
  function whenSeen<Arguments extends unknown[]>(call: (...args: Arguments) => void): (...args: Arguments) => void {
    return (...args) => {
      const run = () => isolated(call)(...args);
      if (waiting) waiting.push(run);
      else run();
    };
  }

  /** What is called while nothing is collected, or before its page view, has no effect, or comes after it. */
  function whenCollecting<Arguments extends unknown[]>(call: (...args: Arguments) => void) {
    return whenSeen((...args: Arguments) => {
      if (!isCollecting()) return;
      settlePageView();
      call(...args);
    });
  }

  function followConsent(): void {
    const next = currentConsent(options);
    if (collecting === next) return;
    collecting = next;
    stopCollecting();
    if (isCollecting()) startCollecting(options, next === "on");
    else forgetCollected();
  }

  const engine: GoodData = {
    track: whenCollecting((name, properties) => record("track", name, properties)),
    page: whenCollecting(declarePage),
    identify: whenCollecting((user, traits) => {
      identify(user);
      record("identify", undefined, undefined, undefined, traits);
    }),
    reset: whenCollecting(changeVisitor),
    flush: whenCollecting(flush),
    optOut: whenSeen(() => {
      decide("off", options);
      followConsent();
    }),
    optIn: whenSeen(() => {
      decide("on", options);
      followConsent();
    }),
    on(topic, listener) {
      const end = subscribe(topic, listener);
      updateStream();
      updateIntent();
      return end;
    },
    visitor() {
      begin();
      return isCollecting() ? visitor : undefined;
    },
    push: isolated(([method, ...args]: Command) => (engine[method] as (...args: unknown[]) => void)(...args)),
  };

  /**
   * In a task of its own, the page view in the next, unless something happens first that `ends` what is to be seen of the
   * page.
   */
  const begin = isolated((ends?: unknown) => {
    const calls = waiting;
    if (!calls || (document as { prerendering?: boolean }).prerendering) return;
    waiting = undefined;
    options = readOptions();
    openDevice();
    // Another tab of this site may have opted out. Where it opts in again, this one follows with its next load: until
    // then it may not see yet which visitor the other one began.
    addEventListener(
      "storage",
      isolated(() => {
        if (currentConsent(options) === "off") followConsent();
      }),
    );
    followConsent();
    for (const call of calls) call();
    if (ends) settlePageView();
  });

  early.forEach(engine.push);
  wrapHistory(begin);
  listen("prerenderingchange pagehide", begin);
  soon(begin);
  return engine;
}
