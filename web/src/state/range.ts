// The date range as it travels in the address, and in words.

import { PRESETS, type Preset, type Range } from "../api/types";
import { addDays, formatDate, formatInstant } from "../format/time";

export const PRESET_TITLES: Record<Preset, string> = {
  today: "Today",
  yesterday: "Yesterday",
  last_7_days: "Last 7 days",
  last_30_days: "Last 30 days",
  last_90_days: "Last 90 days",
  this_week: "This week",
  last_week: "Last week",
  this_month: "This month",
  last_month: "Last month",
  this_year: "This year",
  last_12_months: "Last 12 months",
  all: "All time",
};

const WIDER: readonly Preset[] = ["today", "last_7_days", "last_30_days", "last_90_days", "last_12_months", "all"];

const DATE = /^\d{4}-\d{2}-\d{2}$/;

function isPreset(text: string): text is Preset {
  return (PRESETS as readonly string[]).includes(text);
}

/** `last_30_days`, `2026-10-01..2026-10-31` or two instants with `..` between. Anything else is no range. */
export function parseRange(text: string | undefined): Range | null {
  if (!text) return null;
  if (isPreset(text)) return { preset: text };
  const [from, to, rest] = text.split("..");
  if (!from || !to || rest !== undefined) return null;
  if (DATE.test(from) && DATE.test(to)) return from <= to ? { from, to } : { from: to, to: from };
  if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return null;
  return { from_instant: from, to_instant: to };
}

export function rangeText(range: Range): string {
  if ("preset" in range) return range.preset;
  if ("from" in range) return `${range.from}..${range.to}`;
  return `${range.from_instant}..${range.to_instant}`;
}

export function rangeTitle(range: Range, locale: string, zone: string): string {
  if ("preset" in range) return PRESET_TITLES[range.preset];
  if ("from" in range) {
    if (range.from === range.to) return formatDate(range.from, locale);
    const sameYear = range.from.slice(0, 4) === range.to.slice(0, 4);
    return `${formatDate(range.from, locale, !sameYear)} – ${formatDate(range.to, locale)}`;
  }
  const from = formatInstant(range.from_instant, locale, zone).replace(/:00$/, "");
  const to = formatInstant(range.to_instant, locale, zone, "time").replace(/:00$/, "");
  return `${from} – ${to}`;
}

/** The next wider preset, for the button on an empty page; null when nothing is wider. */
export function widerPreset(range: Range): Preset | null {
  if (!("preset" in range)) return "last_30_days";
  const steps: Partial<Record<Preset, Preset>> = {
    yesterday: "last_7_days",
    this_week: "last_30_days",
    last_week: "last_30_days",
    this_month: "last_90_days",
    last_month: "last_90_days",
    this_year: "last_12_months",
  };
  const step = steps[range.preset];
  if (step) return step;
  const at = WIDER.indexOf(range.preset);
  return at < 0 ? null : (WIDER[at + 1] ?? null);
}

/** The range of one bucket of a chart, never wider than the range that was asked. */
export function bucketRange(
  buckets: readonly string[],
  index: number,
  format: string,
  asked: { from: string; to: string; from_instant: string; to_instant: string },
): Range | null {
  const start = buckets[index];
  if (!start) return null;
  const next = buckets[index + 1];
  if (format === "hour") {
    const hourLater = new Date(Date.parse(start) + 3_600_000).toISOString();
    const from = Date.parse(start) < Date.parse(asked.from_instant) ? asked.from_instant : start;
    const to = Date.parse(hourLater) > Date.parse(asked.to_instant) ? asked.to_instant : hourLater;
    return { from_instant: from, to_instant: to };
  }
  const first = start.slice(0, 10);
  const last = next ? addDays(next.slice(0, 10), -1) : asked.to;
  const single = format === "day" ? first : last;
  return { from: first < asked.from ? asked.from : first, to: single > asked.to ? asked.to : single };
}
