import { VECTOR_VERSION } from "../generated/vectorFields";
import { ask } from "../host/ask";
import { isolated } from "../host/isolated";
import { anyoneListensTo, tell } from "../host/subscribers";
import { readVector } from "../signals/vector";
import { type Model, probabilitiesOf, UNTRAINED } from "./model";

const EVALUATE_EVERY_MS = 1000;

let url: string;
let model: Model = UNTRAINED;
let timer: ReturnType<typeof setInterval> | undefined;

export function startIntent(api: string, key: string): void {
  url = `${api}/v1/engine-model?key=${key}`;
  updateIntent();
}

/** Guesses while somebody listens and the page is visible; the first time, asks the server for the site's own model. */
export function updateIntent(): void {
  if (timer || !url || !anyoneListensTo("intent")) return;
  void fetchModel();
  timer = setInterval(() => {
    if (!document.hidden) (window.requestIdleCallback ?? setTimeout)(evaluate);
  }, EVALUATE_EVERY_MS);
}

const evaluate = isolated(() => {
  const { version = 0, trained = false } = model;
  if (timer) tell("intent", { probabilities: probabilitiesOf(model, readVector()), trained, model: version });
});

async function fetchModel(): Promise<void> {
  try {
    const found: Model = await (await ask(url)).json();
    if (found.vector_version === VECTOR_VERSION) model = found;
  } catch {
    // The next page asks again.
  }
}

export function stopIntent(): void {
  clearInterval(timer);
  timer = undefined;
  url = "";
}
