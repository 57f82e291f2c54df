import type { Intelligence, Intent, QueuedEvent } from "../src/publicApi";
import { declined, expose, heldOut, tookUp, wasExposed } from "./exposure";
import { toast } from "./frame";
import { html } from "./html";
import { gooddata } from "./track";

/** From here on this browser's guess, or the server's score, is taken at its word. */
const STRUGGLES = 0.5;
const LEAVES = 0.7;
/** Who has just come may look like one who leaves. */
const HERE_FOR_MS = 20_000;

interface Card {
  title: string;
  text: string;
  button: string;
  act: (go: (path: string) => void) => void;
}

const CARDS: Record<"help" | "offer", Card> = {
  help: {
    title: "Can we help?",
    text: "Something here does not seem to do what you expect. Ask us, and we look at it together.",
    button: "Ask the shop",
    act: () => toast("In a real shop a chat would open now"),
  },
  offer: {
    title: "Before you go: a tenth off",
    text: "Ten percent off your first tin of tea, until tonight. The price changes in the cart.",
    button: "Show me the teas",
    act: (go) => go("/demo/category/tea"),
  },
};

/** Offers help to a visitor who struggles, and something to stay for to one about to leave: each once a visit. */
export function actOnPredictions(go: (path: string) => void): void {
  const since = performance.now();
  const leaves = (chance = 0) => chance >= LEAVES && performance.now() - since > HERE_FOR_MS;
  gooddata("on", "intent", ({ probabilities }: Intent) => {
    if ((probabilities.struggle ?? 0) >= STRUGGLES) act("help", go);
    if (leaves(probabilities.leave)) act("offer", go);
  });
  gooddata("on", "intelligence", ({ scores }: Intelligence) => {
    if (leaves(scores.leave_30s?.score ?? 0)) act("offer", go);
  });
  gooddata("on", "event", ({ name }: QueuedEvent) => {
    if (name === "$rage_click") act("help", go);
    if (name === "$exit_intent") act("offer", go);
  });
}

async function act(name: keyof typeof CARDS, go: (path: string) => void): Promise<void> {
  const holdout = await heldOut();
  if (wasExposed(name) || document.querySelector(".card-offer")) return;
  expose(name, holdout ? "holdout" : "shown");
  if (!holdout) show(name, go);
}

function show(name: keyof typeof CARDS, go: (path: string) => void): void {
  const card = CARDS[name];
  const element = document.createElement("section");
  element.className = "card-offer";
  element.dataset.intervention = name;
  // It is told to who cannot see it, and takes nobody's focus.
  element.setAttribute("role", "status");
  element.innerHTML = html`<h2>${card.title}</h2><p>${card.text}</p>
    <p class="card-buttons"><button type="button" class="button" data-take>${card.button}</button>
    <button type="button" class="text-button" data-decline>No, thanks</button></p>`.text;
  element.addEventListener("click", (event) => {
    const { take, decline } = (event.target as HTMLElement).dataset;
    if (take !== undefined) {
      tookUp(name);
      card.act(go);
    }
    if (decline !== undefined) declined(name);
    if (take !== undefined || decline !== undefined) element.remove();
  });
  document.body.append(element);
}
