// What a host page can call, send and receive. Types only: nothing here reaches the bundle.

export type Properties = Record<string, unknown>;

export interface EngineOptions {
  /** The project's public write key. */
  key: string;
  /** Where `/v1/batch` is found: an origin with an optional path, such as `https://example.com/gd`, or a path of this site's. */
  api: string;
  /** What is collected of whom has decided nothing; "on" by default. */
  consent?: Consent | undefined;
  /** Whether Do Not Track is honoured as Global Privacy Control is. */
  dnt?: boolean | string;
  /** URL parameters that are kept beside those of campaigns; click ids are kept only where they are among these. */
  params?: Words;
  /** Signals that are not to be watched. */
  off?: Words<Signal>;
}

/** "cookieless": collected, with nothing stored on the device and no id of the browser's; the server makes a daily one. */
export type Consent = "on" | "off" | "cookieless";

/** A list, or its words in one text, as an attribute holds them. */
export type Words<Word extends string = string> = readonly Word[] | string;

export type Signal =
  | "attention"
  | "click"
  | "copy"
  | "cursor_thrash"
  | "dead_click"
  | "download"
  | "engagement"
  | "error"
  | "exit_intent"
  | "form"
  | "outbound"
  | "pointer"
  | "quick_back"
  | "rage_click"
  | "scroll"
  | "selection"
  | "web_vitals";

/** One event, as it was put into the queue. `timestamp` is in epoch milliseconds. */
export interface QueuedEvent {
  id: string;
  type: EventType;
  name: string | undefined;
  timestamp: number;
}

export type EventType = "track" | "page" | "identify";

/** What the server thinks of this visitor now. */
export interface Intelligence {
  visitor: string;
  session: string | null;
  scores: Record<string, Score>;
  /** The id of the newest event that was counted. Ids of this browser sort by time. */
  last_event: string | null;
  computed_at: string;
  /** Whether this visitor is held out: then nothing is told of them, and the page is not to act on what it guesses. */
  holdout: boolean;
}

export interface Score {
  score: number | null;
  abstained: boolean;
  reason: string | null;
  model: number | null;
  trained_on: "simulated" | "observed" | "mixed" | null;
  quality: { auc: number | null; log_loss: number | null; ece: number | null } | null;
}

/** What this browser thinks of its visitor now, about once a second. */
export interface Intent {
  /** convert: buys, or reaches another goal, in this visit; leave: goes within half a minute; struggle; browse. */
  probabilities: Record<string, number>;
  /** Whether they were learned from this site's own visitors; otherwise they are a rule of thumb. */
  trained: boolean;
  /** The model's version, 0 where it is built in. */
  model: number;
}

export interface Topics {
  intent: Intent;
  intelligence: Intelligence;
  event: QueuedEvent;
}

/** A call made before the library has loaded: `["track", "Signed Up", { plan: "pro" }]`. */
export type Command = PlainCommand | Subscription;

type PlainMethod = Exclude<keyof GoodData, "on" | "push" | "visitor">;
type PlainCommand = { [Method in PlainMethod]: [Method, ...Parameters<GoodData[Method]>] }[PlainMethod];
type Subscription = { [Topic in keyof Topics]: ["on", Topic, (message: Topics[Topic]) => void] }[keyof Topics];

export interface GoodData {
  track(name: string, properties?: Properties): void;
  /** A page view of one's own making; those of loads and of the history API are recorded without it. */
  page(name?: string, properties?: Properties): void;
  identify(user: string, traits?: Properties): void;
  /** Forgets visitor, user and visit, for example at sign-out; what comes next belongs to a new visitor. */
  reset(): void;
  /** Stops collection and removes what is stored, on this browser, until `optIn()`. */
  optOut(): void;
  optIn(): void;
  /** Returns the function that ends the subscription. */
  on<Topic extends keyof Topics>(topic: Topic, listener: (message: Topics[Topic]) => void): () => void;
  /** Sends what is queued without waiting for the queue's age or size. */
  flush(): void;
  /** This browser's id, or undefined while nothing is collected. */
  visitor(): string | undefined;
  push(command: Command): void;
}
