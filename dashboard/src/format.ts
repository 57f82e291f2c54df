/** Numbers, times and shares as people read them. */

import type { Interval } from "./range";

const NONE = "–";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 1,234; from a hundred thousand on 123.5K. */
export function count(value: number | null | undefined): string {
  if (value == null) return NONE;
  return Math.abs(value) >= 100_000 ? compact.format(value) : whole.format(value);
}

/** Every digit, for places where figures must add up. */
export function exactCount(value: number): string {
  return whole.format(value);
}

/** Revenue has no currency of its own in the API: the number alone. */
export function amount(value: number | null | undefined): string {
  if (value == null) return NONE;
  if (Math.abs(value) >= 100_000) return compact.format(value);
  return Math.abs(value) >= 10_000 ? whole.format(value) : money.format(value);
}

/** A share of 0 to 1 as a percentage, with a decimal where it would otherwise say little. */
export function share(value: number | null | undefined): string {
  if (value == null) return NONE;
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  return `${percent < 10 && percent > 0 ? trimZero(percent.toFixed(1)) : percent.toFixed(0)}%`;
}

/** A model's figure, such as an AUC. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value == null ? NONE : value.toFixed(digits);
}

export interface Change {
  text: string;
  direction: "up" | "down" | "same";
}

/** Change against an earlier count; null where there is nothing to compare with. */
export function change(now: number, before: number): Change | null {
  if (before === 0) return now === 0 ? null : { text: "new", direction: "up" };
  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.0005) return { text: "0%", direction: "same" };
  const magnitude = Math.abs(ratio) >= 9.995 ? `×${whole.format(now / before)}` : share(Math.abs(ratio));
  return { text: magnitude, direction: ratio > 0 ? "up" : "down" };
}

/** Change of a share, in percentage points. */
export function changeOfShare(now: number | null, before: number | null): Change | null {
  if (now == null || before == null) return null;
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.05) return { text: "0 pt", direction: "same" };
  return { text: `${trimZero(Math.abs(points).toFixed(1))} pt`, direction: points > 0 ? "up" : "down" };
}

/** A difference of shares in percentage points, with its sign. */
export function points(difference: number): string {
  const value = difference * 100;
  const text = Math.abs(value) < 9.95 ? Math.abs(value).toFixed(1) : Math.abs(value).toFixed(0);
  if (Number(text) === 0) return "0 pt";
  return `${value < 0 ? "−" : "+"}${text} pt`;
}

/** 850 ms, 4.2 s, 3 m 20 s, 2 h 5 m. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return NONE;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trimZero((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return join(Math.floor(seconds / 60), "m", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 * 24) return join(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.round(minutes / 60);
  return join(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** Engaged time is measured in heartbeats: tenths of a second would promise more than it knows. */
export function engaged(ms: number): string {
  return ms <= 0 ? NONE : duration(Math.max(1000, Math.round(ms / 1000) * 1000));
}

/** How long ago, coarsely enough not to flicker. */
export function ago(instant: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - instant) / 1000));
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.floor(seconds / 5) * 5} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return dateOf(instant);
}

/** Minutes and seconds since a session began: +1:05. */
export function offset(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const tail = `${pad(minutes % 60)}:${pad(seconds % 60)}`;
  return minutes < 60 ? `+${minutes % 60}:${pad(seconds % 60)}` : `+${Math.floor(minutes / 60)}:${tail}`;
}

const dayUtc = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const dayYearUtc = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayLocal = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dateLocal = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const dateTimeLocal = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** Names one bucket in full. Days are UTC days in the API, so they are named in UTC; hours and minutes in local time. */
export function bucketName(start: number, interval: Interval, now: number): string {
  if (interval === "day") {
    const sameYear = new Date(start).getUTCFullYear() === new Date(now).getUTCFullYear();
    return (sameYear ? dayUtc : dayYearUtc).format(start);
  }
  if (interval === "minute") return `${dayLocal.format(start)}, ${clock.format(start)}`;
  return `${dayLocal.format(start)}, ${clock.format(start)} – ${clock.format(start + 3_600_000)}`;
}

export function dateOf(instant: number): string {
  return dateLocal.format(instant);
}

export function timeOf(instant: number): string {
  return clock.format(instant);
}

export function dateTimeOf(instant: number): string {
  return dateTimeLocal.format(instant);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

function join(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

function trimZero(text: string): string {
  return text.replace(/\.0$/, "");
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
