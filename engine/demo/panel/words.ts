import type { QueuedEvent, Score } from "../../src/publicApi";

const EVENTS: Record<string, string> = {
  page: "A page view",
  identify: "A name for this visitor",
  $click: "A click",
  $engagement: "Time spent reading",
  $rage_click: "Impatient clicking",
  $dead_click: "A click that nothing answered",
  $cursor_thrash: "A shaken mouse",
  $exit_intent: "On the way to the tabs",
  $copy: "Something copied",
  $selection: "Something selected",
  $outbound: "A link to another site",
  $download: "A file",
  $quick_back: "Straight back",
  $form_start: "A form begun",
  $form_submit: "A form sent",
  $form_abandon: "A form given up",
  $exposure: "What GoodData made this page do",
  $exposure_click: "That was taken up",
  $exposure_dismiss: "That was declined",
  $web_vitals: "How fast the page was",
  $error: "An error on the page",
};

export function eventInWords({ type, name }: QueuedEvent): string {
  return EVENTS[name ?? type] ?? name ?? type;
}

/** Below ten percent the tenths matter. */
export function percent(score: number): string {
  const value = score * 100;
  return value < 0.1 ? "<0.1%" : `${value < 9.95 ? value.toFixed(1) : Math.min(99, Math.round(value))}%`;
}

/** A server's reason is a sentence, or a name such as `too_few_goals`. */
export function reasonInWords(reason: string | null): string {
  if (!reason) return "The model does not say why.";
  const words = reason.includes(" ") ? reason : reason.replace(/[_-]+/g, " ");
  const sentence = words[0]?.toUpperCase() + words.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

export function qualityInWords({ quality }: Score): string | undefined {
  if (quality?.auc === null || quality?.auc === undefined) return undefined;
  return `Shown a moment of a visit that ended in a purchase and one of a visit that did not, it scores the first higher ${Math.round(quality.auc * 100)} times in 100.`;
}

export function trainingInWords({ trained_on }: Score): string | undefined {
  if (trained_on === "simulated") return "Trained on simulated shoppers";
  if (trained_on === "mixed") return "Trained on real and simulated visits";
  return trained_on === "observed" ? "Trained on real visits" : undefined;
}
