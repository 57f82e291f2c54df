import { VECTOR_VERSION } from "../generated/vectorFields";
import { isolated } from "../host/isolated";
import { ask, isServerOpen, key } from "../host/server";
import { anyoneListensTo, tell } from "../host/subscribers";
import { readVector } from "../signals/vector";
import { type Model, probabilitiesOf, UNTRAINED } from "./model";

const EVALUATE_EVERY_MS = 1000;

let model: Model = UNTRAINED;
let timer: ReturnType<typeof setInterval> | undefined;

/** Guesses while somebody listens and the page is visible; the first time, asks the server for the site's own model. */
export function updateIntent(): void {
  if (timer || !isServerOpen() || !anyoneListensTo("intent")) return;
  fetchModel();
  timer = setInterval(() => {
    if (!document.hidden) (window.requestIdleCallback ?? setTimeout)(evaluate);
  }, EVALUATE_EVERY_MS);
}

const evaluate = isolated(() => {
  const { version = 0, trained = false } = model;
  if (timer) tell("intent", { probabilities: probabilitiesOf(model, readVector()), trained, model: version });
});

function fetchModel(): void {
  ask(`engine-model?key=${key}`)
    .then((response) => response.json())
    .then((found: Model) => {
      if (found.vector_version === VECTOR_VERSION) model = found;
    })
    // The next page asks again.
    .catch(() => {});
}

export function stopIntent(): void {
  // By the HTML standard it ends intervals, too.
  clearTimeout(timer);
  timer = undefined;
}
