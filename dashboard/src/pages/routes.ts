/** The pages, in the order of the navigation. Each is loaded when it is first shown. */

import type { ComponentType } from "preact";
import type { IconName } from "../elements/icons";
import type { PageProps } from "./page";

export type Group = "Now" | "Understand" | "Predict" | "Operate";

export interface Route {
  path: string;
  title: string;
  group: Group;
  icon: IconName;
  load: () => Promise<ComponentType<PageProps>>;
  /** What it is about, beside the heading. */
  note?: string;
  /** It asks about a stretch of time: ranges and filters stand above it. */
  isAsked?: boolean;
  /** It compares with the period before. */
  isCompared?: boolean;
  /** Filters stand above it, and no range: it has one of its own. */
  isFiltered?: boolean;
  /** It has something to show although no event has arrived. */
  needsNoData?: boolean;
}

export const ROUTES: Route[] = [
  {
    path: "/",
    title: "Overview",
    group: "Now",
    icon: "overview",
    load: async () => (await import("./overview")).Overview,
    isAsked: true,
    isCompared: true,
  },
  {
    path: "/live",
    title: "Live",
    group: "Now",
    icon: "live",
    load: async () => (await import("./live")).LivePage,
    isAsked: true,
  },
  {
    path: "/behaviour",
    title: "Behaviour",
    group: "Understand",
    icon: "behaviour",
    load: async () => (await import("./behaviour")).BehaviourPage,
    note: "how people get on with pages",
    isAsked: true,
  },
  {
    path: "/events",
    title: "Events",
    group: "Understand",
    icon: "events",
    load: async () => (await import("./events")).EventsPage,
    note: "what happened, and what it says",
    isAsked: true,
    isCompared: true,
  },
  {
    path: "/funnels",
    title: "Funnels",
    group: "Understand",
    icon: "funnels",
    load: async () => (await import("./funnels")).Funnels,
    isAsked: true,
  },
  {
    path: "/retention",
    title: "Retention",
    group: "Understand",
    icon: "retention",
    load: async () => (await import("./retention")).RetentionPage,
    note: "who comes back",
    isFiltered: true,
  },
  {
    path: "/paths",
    title: "Paths",
    group: "Understand",
    icon: "paths",
    load: async () => (await import("./paths")).PathsPage,
    isAsked: true,
  },
  {
    path: "/intelligence",
    title: "Intelligence",
    group: "Predict",
    icon: "intelligence",
    load: async () => (await import("./intelligence")).Intelligence,
    isAsked: true,
  },
  {
    path: "/segments",
    title: "Segments",
    group: "Predict",
    icon: "segments",
    load: async () => (await import("./segments")).SegmentsPage,
    note: "visitors by what they did, and by what is expected of them",
    isFiltered: true,
  },
  {
    path: "/pipeline",
    title: "Pipeline",
    group: "Operate",
    icon: "pipeline",
    load: async () => (await import("./pipeline")).Pipeline,
    note: "from a browser to an answer",
    needsNoData: true,
  },
  {
    path: "/alerts",
    title: "Alerts",
    group: "Operate",
    icon: "alerts",
    load: async () => (await import("./alerts")).Alerts,
    note: "what is to be noticed, and who is told",
    needsNoData: true,
  },
  {
    path: "/privacy",
    title: "Privacy",
    group: "Operate",
    icon: "privacy",
    load: async () => (await import("./privacy")).Privacy,
    note: "what is kept of people, and for how long",
    needsNoData: true,
  },
  {
    path: "/settings",
    title: "Settings",
    group: "Operate",
    icon: "settings",
    load: async () => (await import("./settings")).Settings,
    note: "how the project is measured",
    needsNoData: true,
  },
];

export function routeOf(path: string): Route {
  return ROUTES.find((route) => route.path === path) ?? (ROUTES[0] as Route);
}
