import type { Topics } from "../publicApi";
import { isolated } from "./isolated";

type Listeners = { [Topic in keyof Topics]: Set<(message: Topics[Topic]) => void> };

const listeners: Listeners = { intent: new Set(), intelligence: new Set(), event: new Set() };

/** A listener that throws does not keep the others from hearing. Returns the function that ends the subscription. */
export function subscribe<Topic extends keyof Topics>(topic: Topic, fn: (message: Topics[Topic]) => void): () => void {
  const listener = isolated(fn);
  listeners[topic].add(listener);
  return () => listeners[topic].delete(listener);
}

export function tell<Topic extends keyof Topics>(topic: Topic, message: Topics[Topic]): void {
  for (const listener of listeners[topic]) listener(message);
}

export function anyoneListensTo(topic: keyof Topics): boolean {
  return listeners[topic].size > 0;
}
