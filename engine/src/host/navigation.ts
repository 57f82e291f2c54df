/** How this document was loaded. */
export function navigationTiming(): (PerformanceNavigationTiming & { activationStart?: number }) | undefined {
  return performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
}
