import type { Intent, QueuedEvent } from "../src/publicApi";
import { acceptSample } from "./cart";
import { declined, expose, heldOut, tookUp, wasExposed } from "./exposure";
import { toast } from "./frame";
import { html } from "./html";
import { gooddata } from "./track";

/** From here on this browser's guess is taken at its word. */
const STRUGGLES = 0.5;
const LEAVES = 0.7;
/** Who is likely to buy needs nothing to stay for. */
const BUYS = 0.5;
/** Who has just come may look like one who leaves. */
const HERE_FOR_MS = 20_000;
const TROUBLE = new Set<string | undefined>(["$rage_click", "$dead_click"]);

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
    title: "Before you go: a tin on us",
    text: "Order today, and a sample tin of Spring Sencha travels in your parcel, for nothing.",
    button: "Put the tin in",
    act: (go) => {
      acceptSample();
      go("/demo/category/tea");
      toast("A sample tin comes with your order");
    },
  },
};

/**
 * Offers help to a visitor who struggles, and something to stay for to one about to leave: each once a visit. It goes by
 * what every browser knows: scores of the server never reach who is held out, so that they could not be counted at the
 * same moments.
 */
export function actOnPredictions(go: (path: string) => void): void {
  const since = performance.now();
  let buys = 0;
  const place = document.createElement("div");
  place.className = "cards";
  // It is there before there is anything to tell, so that what comes is told to who cannot see it; it takes no focus.
  place.setAttribute("role", "status");
  document.body.append(place);
  const act = async (name: keyof typeof CARDS) => {
    const holdout = await heldOut();
    if (wasExposed(name)) return;
    expose(name, holdout ? "holdout" : "shown");
    if (!holdout) place.append(card(name, go));
  };
  gooddata("on", "intent", ({ probabilities }: Intent) => {
    buys = probabilities.convert ?? 0;
    if ((probabilities.struggle ?? 0) >= STRUGGLES) act("help");
    const leaves = (probabilities.leave ?? 0) >= LEAVES && performance.now() - since > HERE_FOR_MS;
    if (leaves && buys < BUYS) act("offer");
  });
  gooddata("on", "event", ({ name }: QueuedEvent) => {
    if (TROUBLE.has(name)) act("help");
    if (name === "$exit_intent" && buys < BUYS) act("offer");
  });
}

function card(name: keyof typeof CARDS, go: (path: string) => void): HTMLElement {
  const { title, text, button, act } = CARDS[name];
  const element = document.createElement("section");
  element.className = "card-offer";
  element.dataset.intervention = name;
  element.setAttribute("aria-labelledby", `card-${name}`);
  element.innerHTML = html`<h2 id="card-${name}">${title}</h2><p>${text}</p>
    <p class="card-buttons"><button type="button" class="button" data-take>${button}</button>
    <button type="button" class="text-button" data-decline>No, thanks</button></p>`.text;
  const decline = () => {
    declined(name);
    element.remove();
  };
  element.addEventListener("click", ({ target }) => {
    const { dataset } = target as HTMLElement;
    if (dataset.decline !== undefined) decline();
    if (dataset.take === undefined) return;
    tookUp(name);
    element.remove();
    act(go);
  });
  element.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") decline();
  });
  return element;
}
