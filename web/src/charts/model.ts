// From the answer of a report to what a chart shows, before any drawing: series, points, what each point stands for.

import type { Cell, Column, ColumnFormat, Good, MetricFormat, MetricUse, Report, Tile } from "../api/types";
import { type FormatContext, valueName } from "../format/cell";
import { asNumber, isMetricFormat } from "../format/number";
import { formatBucket, hourName, isBucketFormat, weekdayName } from "../format/time";
import type { Colours } from "./colours";
import type { ChartTheme } from "./theme";

export type Member = { attribute: string; value: Cell };

export type Series = {
  name: string;
  metric: MetricUse;
  format: MetricFormat;
  good: Good;
  colour: string;
  /** The attribute value this series is for, when the chart is split. */
  member: Member | null;
  points: (number | null)[];
  previous: (number | null)[] | null;
};

export type Axis = {
  kind: "time" | "category";
  attribute: string;
  title: string;
  format: ColumnFormat;
  values: Cell[];
  labels: string[];
  longLabels: string[];
  /** Position of the bucket that is still filling. */
  unfinished: number;
};

export type ChartModel = { axis: Axis; series: Series[]; hidden: number; stacked: boolean };

export type ModelInput = {
  tile: Tile;
  report: Report;
  context: FormatContext;
  theme: ChartTheme;
  colours: Colours;
};

/** More lines than this cannot be told apart; the table still has them all. */
const MOST_SERIES = 8;
const SEPARATOR = "\u0001";

export function metricOf(columnName: string): MetricUse {
  const [metric = columnName, seconds] = columnName.split(":");
  return seconds && /^\d+$/.test(seconds) ? { metric, seconds: Number(seconds) } : { metric };
}

type Indexed = { column: Column; at: number };

export function columnsOf(report: Report): { attributes: Indexed[]; metrics: Indexed[] } {
  const indexed = report.columns.map((column, at) => ({ column, at }));
  return {
    attributes: indexed.filter(({ column }) => column.role !== "metric"),
    metrics: indexed.filter(({ column }) => column.role === "metric"),
  };
}

/** The period before, where it can be compared with: rows that begin inside it make sums that it did not have. */
export function comparable(report: Report): Report["previous"] {
  return report.previous?.whole ? report.previous : null;
}

const key = (...cells: (Cell | undefined)[]): string => cells.map((cell) => (cell === null || cell === undefined ? "\u0000" : String(cell))).join(SEPARATOR);

/** Null when the report has nothing that could be drawn. */
export function chartModel(input: ModelInput): ChartModel | null {
  const { report, tile, context } = input;
  const { attributes, metrics } = columnsOf(report);
  const first = attributes.find(({ column }) => isBucketFormat(column.format)) ?? attributes[0];
  if (!first || metrics.length === 0 || report.rows.length === 0) return null;
  const split = attributes.find((one) => one !== first);
  const axis = axisOf(first, report, context);
  const index = new Map(axis.values.map((value, at) => [key(value), at]));
  const all = split ? splitSeries(input, first, split, metrics, index) : metricSeries(input, first, metrics, index);
  const series = all.slice(0, MOST_SERIES);
  return { axis, series, hidden: all.length - series.length, stacked: tile.options?.stacked === true };
}

function axisOf({ column, at }: Indexed, report: Report, context: FormatContext): Axis {
  const time = isBucketFormat(column.format);
  const values = axisValues(column, at, report);
  const label = (value: Cell, long: boolean): string => {
    if (isBucketFormat(column.format)) return formatBucket(String(value), column.format, context.locale, context.zone, long);
    if (column.format === "weekday") return weekdayName(Number(value), context.locale, long);
    if (column.format === "hour_of_day") return long ? `${hourName(Number(value))}–${hourName((Number(value) + 1) % 24)}` : hourName(Number(value));
    return valueName(value, column.format, context);
  };
  return {
    kind: time ? "time" : "category",
    attribute: column.name,
    title: column.title,
    format: column.format,
    values,
    labels: values.map((value) => label(value, false)),
    longLabels: values.map((value) => label(value, true)),
    unfinished: time && report.unfinished_bucket ? values.indexOf(report.unfinished_bucket) : -1,
  };
}

function axisValues(column: Column, at: number, report: Report): Cell[] {
  const seen = [...new Map(report.rows.map((row) => [key(row[at]), row[at] ?? null])).values()];
  if (isBucketFormat(column.format)) return report.buckets && report.buckets.length > 0 ? report.buckets : seen.sort();
  if (column.format === "hour_of_day") return Array.from({ length: 24 }, (_, hour) => hour);
  if (column.format === "weekday") return [1, 2, 3, 4, 5, 6, 7];
  return seen;
}

function metricSeries(input: ModelInput, first: Indexed, metrics: Indexed[], index: Map<string, number>): Series[] {
  const { report, colours, theme } = input;
  const tints = colours.metrics(metrics.map(({ column }) => column), theme);
  return metrics.map(({ column, at }, order) => {
    const points = new Array<number | null>(index.size).fill(null);
    for (const row of report.rows) {
      const place = index.get(key(row[first.at]));
      if (place !== undefined) points[place] = asNumber(row[at]);
    }
    const previous = previousPoints(report, first, at, index, () => true);
    return makeSeries(column, column.title, tints[order] ?? theme.rest, null, points, previous);
  });
}

function splitSeries(input: ModelInput, first: Indexed, split: Indexed, metrics: Indexed[], index: Map<string, number>): Series[] {
  const { report, colours, theme, context } = input;
  const metric = metrics[0];
  if (!metric) return [];
  const byMember = new Map<string, { value: Cell; points: (number | null)[]; sum: number }>();
  colours.register(split.column.name, report.rows.map((row) => row[split.at] ?? null));
  for (const row of report.rows) {
    const place = index.get(key(row[first.at]));
    if (place === undefined) continue;
    const value = row[split.at] ?? null;
    const member = byMember.get(key(value)) ?? { value, points: new Array<number | null>(index.size).fill(null), sum: 0 };
    byMember.set(key(value), member);
    member.points[place] = asNumber(row[metric.at]);
    member.sum += asNumber(row[metric.at]) ?? 0;
  }
  return [...byMember.values()]
    .sort((one, other) => other.sum - one.sum)
    .map(({ value, points }) => {
      const name = valueName(value, split.column.format, context);
      const previous = previousPoints(report, first, metric.at, index, (row) => key(row[split.at]) === key(value));
      const colour = colours.of(split.column.name, value, theme);
      return makeSeries(metric.column, name, colour, { attribute: split.column.name, value }, points, previous);
    });
}

function makeSeries(
  column: Column,
  name: string,
  colour: string,
  member: Member | null,
  points: (number | null)[],
  previous: (number | null)[] | null,
): Series {
  const format = isMetricFormat(column.format) ? column.format : "number";
  return { name, metric: metricOf(column.name), format, good: column.good ?? "neither", colour, member, points, previous };
}

/** Points of the range before: buckets by their position, other things by their value. */
function previousPoints(
  report: Report,
  first: Indexed,
  metricAt: number,
  index: Map<string, number>,
  mine: (row: Cell[]) => boolean,
): (number | null)[] | null {
  // Of a time axis each bucket stands for itself: those before the first row are gaps, and so is the one in which rows begin.
  const previous = isBucketFormat(first.column.format) ? report.previous : comparable(report);
  if (!previous) return null;
  const points = new Array<number | null>(index.size).fill(null);
  const positions = isBucketFormat(first.column.format)
    ? new Map((previous.buckets ?? []).map((bucket, at) => [key(bucket), at]))
    : index;
  const places = previous.rows.map((row) => positions.get(key(row[first.at])));
  const begun = previous.whole ? -1 : Math.min(...places.filter((place) => place !== undefined));
  previous.rows.forEach((row, at) => {
    const place = places[at];
    if (place !== undefined && place !== begun && place < points.length && mine(row)) points[place] = asNumber(row[metricAt]);
  });
  return points;
}

/** What one point of a chart stands for: filters that make it, the bucket, the metric. */
export type PointTarget = { members: Member[]; bucket: number | null; metric: MetricUse; label: string };

export function pointTarget(model: ChartModel, at: number, seriesAt: number | null): PointTarget | null {
  const series = model.series[seriesAt ?? 0];
  if (!series || at < 0 || at >= model.axis.values.length) return null;
  const members: Member[] = [];
  if (model.axis.kind === "category") members.push({ attribute: model.axis.attribute, value: model.axis.values[at] ?? null });
  if (seriesAt !== null && series.member) members.push(series.member);
  const name = series.member && seriesAt !== null ? `${series.name}, ` : "";
  return {
    members,
    bucket: model.axis.kind === "time" ? at : null,
    metric: series.metric,
    label: `${name}${model.axis.longLabels[at] ?? ""}`,
  };
}
