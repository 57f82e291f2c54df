// What the library uses of the browser more than once or twice, under names that the minifiers may shorten. The build
// puts these in the place of the globals, so that the sources read as always.
const {
  document: document_,
  location: location_,
  setTimeout: setTimeout_,
  clearTimeout: clearTimeout_,
  window: window_,
  getSelection: getSelection_,
  navigator: navigator_,
  performance: performance_,
  PerformanceObserver: PerformanceObserver_,
  Object: Object_,
} = globalThis;
const { abs, hypot, max, min, round } = Math;
const { parse, stringify } = JSON;
const { now: dateNow } = Date;

export {
  abs,
  clearTimeout_ as clearTimeout,
  dateNow,
  document_ as document,
  getSelection_ as getSelection,
  hypot,
  location_ as location,
  max,
  min,
  navigator_ as navigator,
  Object_ as Object,
  PerformanceObserver_ as PerformanceObserver,
  parse,
  performance_ as performance,
  round,
  setTimeout_ as setTimeout,
  stringify,
  window_ as window,
};
