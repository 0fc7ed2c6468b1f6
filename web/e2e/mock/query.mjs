// Answers questions over the made-up rows in the simplest way: filter, group, add up.

import { localDate, midnight, offsetAt, stamp } from "./data.mjs";

const DAY = 86_400_000;

export const METRICS = {
  handled: { title: "Handled conversations", format: "count", good: "up", keep: (row) => row.abandoned === "No", make: (rows) => rows.length },
  conversations: { title: "Conversations", format: "count", good: "neither", keep: () => true, make: (rows) => rows.length },
  abandoned: { title: "Abandoned conversations", format: "count", good: "down", keep: (row) => row.abandoned === "Yes", make: (rows) => rows.length },
  abandoned_rate: { title: "Abandoned %", format: "percent", good: "down", keep: () => true, make: (rows) => ratio(rows.filter((row) => row.abandoned === "Yes").length, rows.length) },
  answered_within: { title: "Service level", format: "percent", good: "up", keep: (row) => row.abandoned === "No", make: (rows, seconds = 20) => ratio(rows.filter((row) => row.queue_time <= seconds).length, rows.length) },
  asa: { title: "Average speed of answer", format: "duration", good: "down", keep: (row) => row.abandoned === "No", make: (rows) => mean(rows.map((row) => row.queue_time)) },
  aht: { title: "Average handle time", format: "duration", good: "neither", keep: (row) => row.abandoned === "No", make: (rows) => mean(rows.map((row) => row.talk_time + row.wrap_up_time)) },
  occupancy: { title: "Occupancy", format: "percent", good: "neither", keep: (row) => row.abandoned === "No", make: (rows) => (rows.length ? Math.min(0.95, 0.58 + (rows.reduce((sum, row) => sum + row.talk_time, 0) % 977) / 4500) : null) },
  activity_time: { title: "Time in activity", format: "duration", good: "neither", data_set: "activities", keep: () => true, make: (rows) => rows.reduce((sum, row) => sum + row.activity_time, 0) },
  activity_changes: { title: "Activity stretches", format: "count", good: "neither", data_set: "activities", keep: () => true, make: (rows) => rows.length },
};

export const ATTRIBUTES = {
  queue: ["Queue", ["conversations"]],
  channel: ["Channel", ["conversations"]],
  direction: ["Direction", ["conversations"]],
  handling_team_name: ["Handling team", ["conversations"]],
  agent_name: ["Agent", ["conversations", "activities"]],
  team_name: ["Agent team", ["activities"]],
  activity: ["Activity", ["activities"]],
  outcome: ["Outcome", ["conversations"]],
  abandoned: ["Abandoned", ["conversations"]],
  conversation_attribute_1: ["Conversation attribute 1", ["conversations"]],
};

const ratio = (part, whole) => (whole === 0 ? null : part / whole);
const mean = (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);

const PRESETS = {
  today: (today) => [today, today],
  yesterday: (today) => [shift(today, -1), shift(today, -1)],
  last_7_days: (today) => [shift(today, -6), today],
  last_30_days: (today) => [shift(today, -29), today],
  last_90_days: (today) => [shift(today, -89), today],
  this_week: (today) => [shift(today, 1 - weekdayOf(today)), today],
  last_week: (today) => [shift(today, -6 - weekdayOf(today)), shift(today, -weekdayOf(today))],
  this_month: (today) => [`${today.slice(0, 8)}01`, today],
  last_month: (today) => {
    const end = shift(`${today.slice(0, 8)}01`, -1);
    return [`${end.slice(0, 8)}01`, end];
  },
  this_year: (today) => [`${today.slice(0, 4)}-01-01`, today],
  last_12_months: (today) => [shift(today, -364), today],
  all: (today) => [shift(today, -95), today],
};

function shift(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function weekdayOf(date) {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

export function resolveRange(range, now, compare) {
  let start;
  let end;
  if (range.from_instant) {
    start = Date.parse(range.from_instant);
    end = Date.parse(range.to_instant);
  } else {
    const [from, to] = range.preset ? PRESETS[range.preset](localDate(now)) : [range.from, range.to];
    start = midnight(from);
    end = midnight(shift(to, 1));
  }
  const resolved = { from: localDate(start), to: localDate(end - 1), from_instant: stamp(start), to_instant: stamp(end), time_zone: "Europe/Prague", title: range.preset ?? "Chosen days" };
  if (compare) Object.assign(resolved, { previous_from_instant: stamp(start - (end - start)), previous_to_instant: stamp(start) });
  return { start, end, resolved };
}

function valueOf(row, name) {
  if (name === "time.weekday") return weekdayOf(localDate(row.at));
  if (name === "time.hour_of_day") return new Date(row.at + offsetAt(row.at) * 60_000).getUTCHours();
  return row[name] ?? null;
}

export function passes(row, filters) {
  return filters.every(({ attribute, op, values }) => {
    const value = valueOf(row, attribute);
    const has = values.some((one) => one === value || (one !== null && String(one) === String(value)));
    if (op === "in") return has;
    if (op === "not_in") return !has;
    if (op === "contains") return String(value ?? "").toLowerCase().includes(String(values[0]).toLowerCase());
    return op === "at_least" ? Number(value) >= Number(values[0]) : Number(value) <= Number(values[0]);
  });
}

const GRAINS = ["hour", "day", "week", "month", "quarter", "year"];

function grainOf(name, start, end) {
  const grain = name.slice(5);
  if (grain !== "auto") return GRAINS.includes(grain) ? grain : null;
  const days = (end - start) / DAY;
  return days <= 2.1 ? "hour" : days <= 92.1 ? "day" : days <= 400 ? "week" : "month";
}

function bucketStart(time, grain) {
  if (grain === "hour") return Math.floor(time / 3_600_000) * 3_600_000;
  const date = localDate(time);
  if (grain === "day") return midnight(date);
  if (grain === "week") return midnight(shift(date, 1 - weekdayOf(date)));
  if (grain === "month") return midnight(`${date.slice(0, 8)}01`);
  if (grain === "year") return midnight(`${date.slice(0, 4)}-01-01`);
  return midnight(`${date.slice(0, 5)}${String(Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`);
}

function bucketsOf(start, end, grain) {
  const buckets = [];
  for (let at = start; at < end; at += grain === "hour" ? 3_600_000 : DAY / 2) {
    const bucket = bucketStart(at, grain);
    if (buckets.at(-1) !== bucket) buckets.push(bucket);
  }
  return buckets;
}

function group(rows, query, start, end) {
  const attributes = query.attributes ?? [];
  const groups = new Map();
  for (const row of rows) {
    const cells = attributes.map((name) => {
      const grain = name.startsWith("time.") ? grainOf(name, start, end) : null;
      return grain ? stamp(bucketStart(row.at, grain)) : valueOf(row, name);
    });
    const key = JSON.stringify(cells);
    const known = groups.get(key) ?? { cells, rows: [] };
    groups.set(key, known);
    known.rows.push(row);
  }
  if (attributes.length === 0 && groups.size === 0) groups.set("[]", { cells: [], rows: [] });
  return [...groups.values()].map(({ cells, rows: mine }) => [...cells, ...measures(query, mine)]);
}

function measures(query, rows) {
  return query.metrics.map(({ metric, seconds }) => {
    const known = METRICS[metric];
    return known.make(rows.filter(known.keep), seconds);
  });
}

export function report(id, query, all, request, window) {
  for (const { metric } of query.metrics) if (!METRICS[metric]) return { id, columns: [], rows: [], error: { code: "unknown_metric", message: "There is no such metric." } };
  const filters = [...request.filters, ...(query.filters ?? [])];
  const inside = (start, end) => all.filter((row) => row.at >= start && row.at < end && passes(row, filters));
  const { start, end, now } = window;
  const rows = inside(start, end);
  const attributes = query.attributes ?? [];
  const columns = [
    ...attributes.map((name) => {
      const grain = name.startsWith("time.") ? grainOf(name, start, end) : null;
      if (grain) return { name, title: grain[0].toUpperCase() + grain.slice(1), role: "time", format: grain };
      if (name === "time.weekday") return { name, title: "Weekday", role: "attribute", format: "weekday" };
      if (name === "time.hour_of_day") return { name, title: "Hour of day", role: "attribute", format: "hour_of_day" };
      return { name, title: ATTRIBUTES[name][0], role: "attribute", format: "text" };
    }),
    ...query.metrics.map(({ metric, seconds }) => ({ name: seconds ? `${metric}:${seconds}` : metric, title: METRICS[metric].title + (seconds ? ` ${seconds} s` : ""), role: "metric", format: METRICS[metric].format, good: METRICS[metric].good })),
  ];
  const first = attributes.length;
  const grouped = group(rows, query, start, end);
  const bucketAt = columns.findIndex((column) => GRAINS.includes(column.format));
  if (bucketAt >= 0) grouped.sort((one, other) => String(one[bucketAt]).localeCompare(String(other[bucketAt])));
  else grouped.sort((one, other) => (other[first] ?? -1) - (one[first] ?? -1));
  const limit = query.limit ?? 1000;
  const answer = { id, columns, rows: grouped.slice(0, limit), truncated: grouped.length > limit, error: null };
  const blank = attributes.map(() => null);
  if (query.totals) answer.totals = [...blank, ...measures(query, rows)];
  if (bucketAt >= 0) {
    const grain = columns[bucketAt].format;
    const buckets = bucketsOf(start, Math.min(end, now), grain);
    answer.buckets = buckets.map(stamp);
    if (end > now) answer.unfinished_bucket = answer.buckets.at(-1);
  }
  if (request.compare) {
    const before = start - (end - start);
    const previous = inside(before, start);
    answer.previous = { rows: group(previous, query, before, start), whole: true };
    if (query.totals) answer.previous.totals = [...blank, ...measures(query, previous)];
    if (bucketAt >= 0) answer.previous.buckets = bucketsOf(before, start, columns[bucketAt].format).map(stamp);
  }
  return answer;
}
