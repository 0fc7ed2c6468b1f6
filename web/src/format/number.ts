// How numbers read. Pure functions of value and locale; a null is always the dash.

import type { Cell, ColumnFormat, Good, MetricFormat } from "../api/types";

export const DASH = "–";
const THIN = "\u202f";

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, options);
  formatters.set(key, made);
  return made;
}

export function formatCount(value: number, locale: string): string {
  return formatter(locale, { maximumFractionDigits: 0 }).format(value);
}

export function formatNumber(value: number, locale: string): string {
  return formatter(locale, { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 1 }).format(value);
}

/** A ratio 0..1 as a percentage with one decimal. */
export function formatPercent(ratio: number, locale: string): string {
  return formatter(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ratio);
}

/** Whole seconds as `0:42`, `2:17`, `1 h 05`, `123 h`. */
export function formatDuration(seconds: number, locale: string): string {
  const sign = seconds < 0 ? "−" : "";
  const whole = Math.round(Math.abs(seconds));
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const minutes = Math.round(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 100) return `${sign}${formatCount(hours, locale)}${THIN}h`;
  return `${sign}${hours}${THIN}h${THIN}${String(minutes % 60).padStart(2, "0")}`;
}

export function formatMetric(value: number | null, format: MetricFormat, locale: string): string {
  if (value === null || !Number.isFinite(value)) return DASH;
  switch (format) {
    case "count":
      return formatCount(value, locale);
    case "duration":
      return formatDuration(value, locale);
    case "percent":
      return formatPercent(value, locale);
    case "number":
      return formatNumber(value, locale);
  }
}

/** Short figures for axes: `1.2K`, `20%`, `5:00`. */
export function formatAxis(value: number, format: MetricFormat, locale: string): string {
  switch (format) {
    case "percent":
      return formatter(locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
    case "duration":
      return value >= 3600 && value % 3600 === 0 ? `${formatCount(value / 3600, locale)}${THIN}h` : formatDuration(value, locale);
    default:
      return Math.abs(value) >= 10_000
        ? formatter(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value)
        : formatter(locale, { maximumFractionDigits: 2 }).format(value);
  }
}

export function isMetricFormat(format: ColumnFormat): format is MetricFormat {
  return format === "count" || format === "duration" || format === "percent" || format === "number";
}

export function asNumber(cell: Cell | undefined): number | null {
  return typeof cell === "number" && Number.isFinite(cell) ? cell : null;
}

export type Difference = {
  /** With sign: `+5.4%`, `−0:12`, `+1.2 pts`. */
  text: string;
  direction: "up" | "down" | "same";
  /** What it means, in a word: colour alone never says it. */
  word: string;
  verdict: "good" | "bad" | "neutral";
};

/** The difference between now and before, in the unit that people say it in. */
export function difference(
  now: number | null,
  before: number | null,
  format: MetricFormat,
  good: Good,
  locale: string,
): Difference | null {
  if (now === null || before === null) return null;
  const delta = now - before;
  const text = differenceText(delta, before, format, locale);
  const same = Math.abs(delta) < 1e-9 || /^[^1-9]*$/.test(text);
  if (same) return { text: "±0", direction: "same", word: "unchanged", verdict: "neutral" };
  const direction = delta > 0 ? "up" : "down";
  if (good === "neither" || isSmall(delta, before, format)) return { text, direction, word: delta > 0 ? "higher" : "lower", verdict: "neutral" };
  const better = good === direction;
  return { text, direction, word: better ? "better" : "worse", verdict: better ? "good" : "bad" };
}

/** Too little to call good or bad: it is shown, but not judged. */
function isSmall(delta: number, before: number, format: MetricFormat): boolean {
  if (format === "percent") return Math.abs(delta) < 0.005;
  return before !== 0 && Math.abs(delta / before) < 0.01;
}

function differenceText(delta: number, before: number, format: MetricFormat, locale: string): string {
  const sign = delta >= 0 ? "+" : "−";
  const size = Math.abs(delta);
  if (format === "percent") {
    const points = formatter(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(size * 100);
    return `${sign}${points}${THIN}pts`;
  }
  if (format === "duration") return `${sign}${formatDuration(size, locale)}`;
  if (before === 0) return `${sign}${format === "count" ? formatCount(size, locale) : formatNumber(size, locale)}`;
  const share = size / Math.abs(before);
  const digits = share < 1 ? 1 : 0;
  return `${sign}${formatter(locale, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share)}`;
}
