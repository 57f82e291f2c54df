import { isolated } from "../host/isolated";
import { listen, soon } from "../host/listen";

export type Navigation = "load" | "history" | "pop" | "restore";

let path: string | undefined;
let due: Navigation | undefined;
let left: () => void;
let viewed: (navigation: Navigation) => void;

/** Makes a page view that is due happen now, so that what is recorded next comes after it. */
export const settlePageView = isolated(() => {
  const navigation = due;
  due = undefined;
  if (!navigation || path === location.pathname) return;
  path = location.pathname;
  viewed(navigation);
});

function moved(navigation: Navigation): void {
  if (due || path === undefined || path === location.pathname) return;
  expect(navigation);
  left();
}

/** A page view, in a task of its own, unless something comes before it that needs it. */
function expect(navigation: Navigation): void {
  due = navigation;
  soon(settlePageView);
}

/**
 * Tells when a page is left and when another is viewed without a load between: by the history API, where the path
 * changes, and by a return from the back/forward cache. `onLeave` comes while the old page still stands; `onView` in
 * the next task, when the application has had the time to set its title.
 */
export function watchPageViews(onLeave: () => void, onView: (navigation: Navigation) => void): void {
  left = onLeave;
  viewed = onView;
  expect("load");
  listen("popstate", () => moved("pop"));
  // An application that navigates by the Navigation API calls no method of `history`.
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) {
    listen<Event & { navigationType?: string | null }>(
      "currententrychange",
      ({ navigationType }) => {
        if (navigationType) moved(navigationType === "traverse" ? "pop" : "history");
      },
      navigation,
    );
  }
  listen<PageTransitionEvent>("pageshow", (event) => {
    if (!event.persisted) return;
    path = undefined;
    due = "restore";
    settlePageView();
  });
}

/**
 * Calls `before` while the page that a move leaves still stands. What is wrapped stays wrapped, as others may have wrapped
 * it again; without a page view to compare to it is idle.
 */
export function wrapHistory(before: (move: unknown) => void): void {
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = (...args: Parameters<History["pushState"]>) => {
      before(method);
      original.apply(history, args);
      isolated(moved)("history");
    };
  }
}

export function stopPageViews(): void {
  path = due = undefined;
}
