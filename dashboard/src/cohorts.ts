/** What cohorts have in common. */

import type { Cohort } from "./api/explore";

/** Of all cohorts that have lived so long, what share was there again; the running period is left out. */
export function averages(cohorts: Cohort[]): (number | null)[] {
  const longest = Math.max(0, ...cohorts.map(({ returned }) => returned.length));
  return Array.from({ length: longest }, (_, later) => {
    const whole = cohorts.filter(
      ({ returned }, place) => later < returned.length && place + later < cohorts.length - 1,
    );
    const all = whole.reduce((sum, { visitors }) => sum + visitors, 0);
    return all === 0 ? null : whole.reduce((sum, { returned }) => sum + (returned[later] ?? 0), 0) / all;
  });
}

/** Without the periods before anybody was there. */
export function sinceTheFirst(cohorts: Cohort[]): Cohort[] {
  return cohorts.slice(
    Math.max(
      0,
      cohorts.findIndex(({ visitors }) => visitors > 0),
    ),
  );
}
