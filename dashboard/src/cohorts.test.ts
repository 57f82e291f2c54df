import { expect, test } from "vitest";
import { averages, sinceTheFirst } from "./cohorts";

test("the average of cohorts leaves the running period out", () => {
  const cohorts = [
    { start: 0, visitors: 100, returned: [100, 20, 3] },
    { start: 1, visitors: 300, returned: [300, 30] },
    { start: 2, visitors: 50, returned: [50] },
  ];
  expect(averages(cohorts)).toEqual([1, 20 / 100, null]);
});

test("periods before anybody was there are not told", () => {
  const empty = { start: 0, visitors: 0, returned: [0, 0] };
  const later = { start: 1, visitors: 3, returned: [3] };
  expect(sinceTheFirst([empty, later])).toEqual([later]);
  expect(sinceTheFirst([empty])).toEqual([empty]);
});
