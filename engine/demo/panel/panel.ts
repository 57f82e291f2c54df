import type { GoodData, Intelligence, Intent, QueuedEvent, Score } from "../../src/publicApi";
import { html, type Markup } from "../html";
import { gooddata } from "../track";
import { gauge, setGauge } from "./gauge";
import { intentBars } from "./intent";
import { latestLatency, medianLatency, noteClick, noteScore } from "./latency";
import { type Memory, recall, remember } from "./memory";
import { sparkline } from "./sparkline";
import { eventInWords, percent, qualityInWords, reasonInWords, trainingInWords } from "./words";

/** From here on there is room for the panel beside the shop. */
const WIDE = 1080;

type State = "starting" | "missing" | "silent" | "watching";

/** The docked panel: what GoodData makes of this very visit. */
export function openPanel(): { engineLoaded(loaded: boolean): void } {
  const memory = recall();
  const root = document.createElement("aside");
  root.className = "panel";
  root.setAttribute("aria-label", "What GoodData sees");
  root.innerHTML = skeleton().text;
  document.body.append(root);
  const fold = (open?: boolean) => document.body.classList.toggle("panel-open", open);
  fold(innerWidth >= WIDE);

  let state: State = "starting";
  let score: Score | undefined;
  let leaving: Score | undefined;
  let holdout = false;

  function update(): void {
    const value = score && !score.abstained && score.score !== null ? score.score : undefined;
    root.dataset.state = state;
    setGauge(root, value);
    put(root, ".panel-score", value === undefined ? "–" : percent(value));
    put(root, ".panel-tab-score", value === undefined ? "" : percent(value));
    fill(root, ".panel-message", message(state, score, holdout));
    fill(root, ".panel-spark", sparkline(memory.scores));
    fill(root, ".panel-figures", figures(memory, score, leaving));
    fill(root, ".panel-model", model(score));
    fill(root, ".panel-noticed", html`${[...memory.noticed].reverse().map((what) => html`<li>${what}</li>`)}`);
  }

  gooddata("on", "event", (event: QueuedEvent) => {
    noteClick(event);
    const visitor = engine()?.visitor();
    if (visitor !== memory.visitor) Object.assign(memory, { visitor, events: 0, scores: [], noticed: [] });
    memory.events++;
    memory.noticed.push(eventInWords(event));
    remember(memory);
    update();
  });

  gooddata("on", "intelligence", (intelligence: Intelligence) => {
    noteScore(intelligence);
    score = intelligence.scores.conversion;
    leaving = intelligence.scores.leave_30s;
    holdout = intelligence.holdout;
    if (score && score.score !== null) memory.scores.push(score.score);
    remember(memory);
    root.classList.remove("fresh");
    requestAnimationFrame(() => root.classList.add("fresh"));
    update();
  });

  gooddata("on", "intent", (intent: Intent) => fill(root, ".panel-intent", intentBars(intent)));

  root.addEventListener("click", (event) => {
    const { act } = (event.target as Element).closest("button")?.dataset ?? {};
    if (act === "fold") fold();
    if (act !== "out" && act !== "in") return;
    gooddata(act === "out" ? "optOut" : "optIn");
    score = leaving = undefined;
    fill(root, ".panel-intent", html``);
    state = engine()?.visitor() ? "watching" : "silent";
    update();
  });

  update();
  return {
    engineLoaded(loaded: boolean): void {
      if (!loaded) state = "missing";
      else state = engine()?.visitor() ? "watching" : "silent";
      update();
    },
  };
}

function engine(): GoodData | undefined {
  return Array.isArray(window.gooddata) ? undefined : window.gooddata;
}

function skeleton(): Markup {
  return html`<button type="button" class="panel-tab" data-act="fold" aria-label="Show or hide what GoodData sees">
      <span class="dot"></span> What GoodData sees <span class="panel-tab-score"></span>
      <svg class="chevron" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="m4 6 4 4 4-4" fill="none"
        stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg></button>
    <div class="panel-body">
      <div class="panel-gauge">${gauge()}<output class="panel-score"></output></div>
      <p class="panel-message"></p>
      <div class="panel-spark"></div>
      <dl class="panel-figures"></dl>
      <div class="panel-model"></div>
      <div class="panel-intent"></div>
      <div class="panel-log"><h3>Noticed just now</h3><ol class="panel-noticed"></ol></div>
      <p class="panel-foot"><a href="/">Dashboard</a>
        <button type="button" class="text-button when-watching" data-act="out">Stop watching me</button>
        <button type="button" class="text-button when-silent" data-act="in">Watch me</button></p>
    </div>`;
}

function message(state: State, score: Score | undefined, holdout: boolean): Markup {
  if (state === "missing")
    return html`This server runs no demo project, so nobody is watching. Start it with <code>gooddata up --demo</code>.`;
  if (state === "silent") {
    return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
      ? html`Your browser asks sites not to track you (Global Privacy Control), so nothing is collected, stored or sent.`
      : html`You have opted out: nothing is collected, stored or sent.`;
  }
  if (holdout) return html`<strong>Held out.</strong> This visit is scored, but nothing of it is told to this page.`;
  if (!score) return html`Look around. The first score comes with your first events.`;
  if (score.abstained) return html`<strong>No score.</strong> ${reasonInWords(score.reason)}`;
  return html`chance that this visit ends in a purchase`;
}

function figures(memory: Memory, score: Score | undefined, leaving: Score | undefined): Markup {
  const latest = latestLatency();
  const count = window.__gooddataLatencies.length;
  const gone = leaving?.score ?? undefined;
  return html`<div><dt>Gone within half a minute</dt><dd>${gone === undefined ? "–" : percent(gone)}</dd></div>
    <div><dt>Events of this visit</dt><dd>${memory.events}</dd></div>
    <div><dt>Click to score</dt><dd>${latest === undefined ? "–" : `${latest} ms`}
      ${count > 1 && html`<small>median ${medianLatency()} ms of ${count}</small>`}</dd></div>
    <div><dt>Model</dt><dd>${score?.model ? `no. ${score.model}` : "–"}
      ${score?.quality?.auc && html`<small>AUC ${score.quality.auc.toFixed(2)}</small>`}</dd></div>`;
}

function model(score: Score | undefined): Markup {
  const training = score && trainingInWords(score);
  const quality = score && qualityInWords(score);
  return html`${training && html`<span class="chip">${training}</span>`}${quality && html`<p>${quality}</p>`}`;
}

function put(root: Element, place: string, text: string): void {
  const element = root.querySelector(place);
  if (element) element.textContent = text;
}

function fill(root: Element, place: string, content: Markup): void {
  const element = root.querySelector(place);
  if (element) element.innerHTML = content.text;
}
