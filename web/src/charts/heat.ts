// The heatmap: two attributes across, one metric as shade.

import type { Cell, Column, Good, MetricFormat, MetricUse, Report } from "../api/types";
import { type FormatContext, valueName } from "../format/cell";
import { asNumber, isMetricFormat } from "../format/number";
import { hourName, weekdayName } from "../format/time";
import { columnsOf, comparable, metricOf, type PointTarget } from "./model";

export type HeatSide = { attribute: string; title: string; values: Cell[]; labels: string[]; longLabels: string[] };

export type HeatModel = {
  x: HeatSide;
  y: HeatSide;
  title: string;
  metric: MetricUse;
  format: MetricFormat;
  good: Good;
  /** [x, y, value, value before] */
  cells: [number, number, number, number | null][];
  most: number;
  least: number;
};

const key = (cell: Cell | undefined): string => (cell === null || cell === undefined ? "\u0000" : String(cell));

export function heatModel(report: Report, context: FormatContext): HeatModel | null {
  const { attributes, metrics } = columnsOf(report);
  const metric = metrics[0];
  const [first, second] = attributes;
  if (!metric || !first || !second || report.rows.length === 0) return null;
  const across = first.column.format === "weekday" ? second : first;
  const down = across === first ? second : first;
  const x = side(across.column, across.at, report, context);
  const y = side(down.column, down.at, report, context);
  const xs = new Map(x.values.map((value, at) => [key(value), at]));
  const ys = new Map(y.values.map((value, at) => [key(value), at]));
  const before = new Map((comparable(report)?.rows ?? []).map((row) => [`${key(row[across.at])}|${key(row[down.at])}`, asNumber(row[metric.at])]));
  const cells: HeatModel["cells"] = [];
  for (const row of report.rows) {
    const at = xs.get(key(row[across.at]));
    const line = ys.get(key(row[down.at]));
    const value = asNumber(row[metric.at]);
    if (at === undefined || line === undefined || value === null) continue;
    cells.push([at, line, value, before.get(`${key(row[across.at])}|${key(row[down.at])}`) ?? null]);
  }
  if (cells.length === 0) return null;
  const values = cells.map((cell) => cell[2]);
  return {
    x,
    y,
    title: metric.column.title,
    metric: metricOf(metric.column.name),
    format: isMetricFormat(metric.column.format) ? metric.column.format : "number",
    good: metric.column.good ?? "neither",
    cells,
    most: Math.max(...values),
    least: Math.min(0, ...values),
  };
}

function side(column: Column, at: number, report: Report, context: FormatContext): HeatSide {
  const seen = [...new Map(report.rows.map((row) => [key(row[at]), row[at] ?? null])).values()];
  const values: Cell[] =
    column.format === "hour_of_day"
      ? Array.from({ length: 24 }, (_, hour) => hour)
      : column.format === "weekday"
        ? [1, 2, 3, 4, 5, 6, 7]
        : seen;
  const label = (value: Cell, long: boolean): string => {
    if (column.format === "weekday") return weekdayName(Number(value), context.locale, long);
    if (column.format === "hour_of_day") return long ? `${hourName(Number(value))}–${hourName((Number(value) + 1) % 24)}` : String(value);
    return valueName(value, column.format, context);
  };
  return {
    attribute: column.name,
    title: column.title,
    values,
    labels: values.map((value) => label(value, false)),
    longLabels: values.map((value) => label(value, true)),
  };
}

export function heatTarget(model: HeatModel, at: number): PointTarget | null {
  const cell = model.cells[at];
  if (!cell) return null;
  const [x, y] = cell;
  return {
    members: [
      { attribute: model.y.attribute, value: model.y.values[y] ?? null },
      { attribute: model.x.attribute, value: model.x.values[x] ?? null },
    ],
    bucket: null,
    metric: model.metric,
    label: `${model.y.longLabels[y] ?? ""}, ${model.x.longLabels[x] ?? ""}`,
  };
}
