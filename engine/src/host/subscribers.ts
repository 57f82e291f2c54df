import type { Topics } from "../publicApi";
import { isolated } from "./isolated";

let subscriptions: [topic: keyof Topics, hear: (message: never) => void][] = [];

/** A listener that throws does not keep the others from hearing. Returns the function that ends the subscription. */
export function subscribe<Topic extends keyof Topics>(topic: Topic, fn: (message: Topics[Topic]) => void): () => void {
  const subscription: (typeof subscriptions)[number] = [topic, isolated(fn)];
  subscriptions.push(subscription);
  return () => {
    subscriptions = subscriptions.filter((other) => other !== subscription);
  };
}

export function tell<Topic extends keyof Topics>(topic: Topic, message: Topics[Topic]): void {
  for (const [of, hear] of subscriptions) if (of === topic) hear(message as never);
}

export function anyoneListensTo(topic: keyof Topics): boolean {
  return subscriptions.some(([of]) => of === topic);
}
