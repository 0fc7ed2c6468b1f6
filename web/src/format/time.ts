// How instants and dates read: always in the workspace's zone, in the person's locale.

import type { ColumnFormat } from "../api/types";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formatters.set(key, made);
  return made;
}

export type BucketFormat = "hour" | "day" | "week" | "month" | "quarter" | "year";

const BUCKETS: readonly string[] = ["hour", "day", "week", "month", "quarter", "year"];

export function isBucketFormat(format: ColumnFormat): format is BucketFormat {
  return BUCKETS.includes(format);
}

/** A bucket's start as a label. `long` is for tooltips and tables, short for axes. */
export function formatBucket(start: string, format: BucketFormat, locale: string, zone: string, long = false): string {
  const instant = new Date(start);
  if (Number.isNaN(instant.getTime())) return start;
  const base: Intl.DateTimeFormatOptions = { timeZone: zone };
  switch (format) {
    case "hour":
      return long
        ? formatter(locale, { ...base, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false }).format(instant)
        : formatter(locale, { ...base, hour: "2-digit", minute: "2-digit", hour12: false }).format(instant);
    case "day":
      return formatter(locale, long ? { ...base, weekday: "short", day: "numeric", month: "short", year: "numeric" } : { ...base, day: "numeric", month: "short" }).format(instant);
    case "week": {
      const day = formatter(locale, { ...base, day: "numeric", month: "short", ...(long ? { year: "numeric" } : {}) }).format(instant);
      return long ? `Week of ${day}` : day;
    }
    case "month":
      return formatter(locale, { ...base, month: long ? "long" : "short", year: "numeric" }).format(instant);
    case "quarter": {
      const month = Number(formatter("en", { ...base, month: "numeric" }).format(instant));
      return `Q${Math.ceil(month / 3)} ${formatter(locale, { ...base, year: "numeric" }).format(instant)}`;
    }
    case "year":
      return formatter(locale, { ...base, year: "numeric" }).format(instant);
  }
}

export function formatInstant(value: string, locale: string, zone: string, style: "full" | "time" | "date" | "short" = "short"): string {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return value;
  const base: Intl.DateTimeFormatOptions = { timeZone: zone, hour12: false };
  if (style === "time") return formatter(locale, { ...base, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(instant);
  if (style === "date") return formatter(locale, { ...base, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(instant);
  if (style === "full")
    return formatter(locale, { ...base, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" }).format(instant);
  return formatter(locale, { ...base, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(instant);
}

/** The zone's own name for hovers: `Europe/Prague (CET)`. */
export function zoneName(zone: string, locale: string, at = new Date()): string {
  const part = formatter(locale, { timeZone: zone, timeZoneName: "short" })
    .formatToParts(at)
    .find((piece) => piece.type === "timeZoneName");
  return part && part.value !== zone ? `${zone} (${part.value})` : zone;
}

/** A local date `2026-10-01` as text; no zone is involved. */
export function formatDate(date: string, locale: string, withYear = true): string {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return date;
  return formatter(locale, { timeZone: "UTC", day: "numeric", month: "short", ...(withYear ? { year: "numeric" } : {}) }).format(instant);
}

/** 1 is Monday, as the server counts. */
export function weekdayName(number: number, locale: string, long = false): string {
  const monday = Date.UTC(2024, 0, 1);
  return formatter(locale, { timeZone: "UTC", weekday: long ? "long" : "short" }).format(new Date(monday + (number - 1) * 86_400_000));
}

export function hourName(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 days ago`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** The local date in a zone, `2026-10-01`. */
export function localDate(instant: Date, zone: string): string {
  const parts = formatter("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(instant);
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${get("year")}-${get("month")}-${get("day")}`;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
