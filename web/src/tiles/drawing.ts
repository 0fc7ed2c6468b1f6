// What a chart tile draws and what its points stand for: the two kinds of chart behind one face.

import type { EChartsOption } from "echarts";
import type { QueryAnswer, Report, Tile } from "../api/types";
import { barsOption, barsThatFit, isUpright } from "../charts/bars";
import type { Colours } from "../charts/colours";
import { describeChart, describeHeat } from "../charts/describe";
import { type HeatModel, heatModel, heatTarget } from "../charts/heat";
import { heatOption } from "../charts/heatmap";
import { MOST_WITH_PREVIOUS, lineOption } from "../charts/line";
import { type ChartModel, type PointTarget, chartModel, pointTarget } from "../charts/model";
import type { Size } from "../charts/option";
import type { ChartTheme } from "../charts/theme";
import { hoverRows } from "../charts/tooltip";
import type { FormatContext } from "../format/cell";
import { formatMetric } from "../format/number";

export type Drawing = {
  option: EChartsOption;
  label: string;
  group: string | null;
  model: ChartModel | null;
  heat: HeatModel | null;
  note: string | null;
  hasBefore: boolean;
  /** The point at a place in the grid. */
  at: (x: number, y: number) => number;
  target: (at: number, series: string | null) => PointTarget | null;
  text: (at: number) => string;
  step: (at: number | null, key: string) => number | null;
  mark: (at: number) => { seriesIndex: number; dataIndex: number };
};

type Given = { tile: Tile; report: Report; context: FormatContext; theme: ChartTheme; colours: Colours; size: Size; place: string };

export function draw(given: Given): Drawing | null {
  return given.tile.kind === "heatmap" ? drawHeat(given) : drawSeries(given);
}

function drawSeries({ tile, report, context, theme, colours, size, place }: Given): Drawing | null {
  const model = chartModel({ tile, report, context, theme, colours });
  if (!model) return null;
  const line = tile.kind === "line" && model.axis.kind === "time";
  const upright = line || isUpright(model);
  const shown = upright ? model.axis.values.length : barsThatFit(model, size);
  const option = line ? lineOption(model, context, theme) : barsOption(model, context, theme, size, tintsOf(model, colours, theme));
  // A legend for what is not drawn would be a riddle: before the first day of data there is nothing before.
  const before = model.series.some((one) => one.previous?.some((value) => value !== null));
  // They are drawn behind, so they come first.
  const linesBefore = line && model.series.length <= MOST_WITH_PREVIOUS ? model.series.filter((one) => one.previous?.some((value) => value !== null)).length : 0;
  const mayShowBefore = line ? model.series.length <= MOST_WITH_PREVIOUS : model.series.length === 1 && !upright;
  return {
    option,
    label: describeChart(tile.title, line ? "line" : "bars", model, context.locale),
    group: model.axis.kind === "time" ? `${place}:${model.axis.format}` : null,
    model,
    heat: null,
    note: shown < model.axis.values.length ? `The first ${shown} of ${model.axis.values.length}. All are in the table.` : null,
    hasBefore: before && mayShowBefore,
    at: (x, y) => (upright ? x : y),
    target: (at, name) => {
      const series = name === null ? -1 : model.series.findIndex((one) => one.name === name);
      return pointTarget(model, at, series < 0 ? null : series);
    },
    text: (at) => hoverRows(model, at, context.locale).slice(0, 4).map((row) => (model.series.length > 1 ? `${row.name} ${row.value}` : row.value)).join(", "),
    step: (at, key) => stepLine(at, key, shown),
    mark: (at) => ({ seriesIndex: linesBefore, dataIndex: at }),
  };
}

/** Bars of one metric take the colours of what they stand for, while there are enough colours. */
function tintsOf(model: ChartModel, colours: Colours, theme: ChartTheme): string[] | null {
  if (model.axis.kind !== "category" || model.axis.format !== "text" || model.axis.values.length > theme.palette.length) return null;
  colours.register(model.axis.attribute, model.axis.values);
  return model.axis.values.map((value) => colours.of(model.axis.attribute, value, theme));
}

function drawHeat({ tile, report, context, theme, size }: Given): Drawing | null {
  const heat = heatModel(report, context);
  if (!heat) return null;
  const find = (x: number, y: number) => heat.cells.findIndex((cell) => cell[0] === x && cell[1] === y);
  return {
    option: heatOption(heat, context, theme, size),
    label: describeHeat(tile.title, heat, context.locale),
    group: null,
    model: null,
    heat,
    note: null,
    hasBefore: false,
    at: find,
    target: (at) => heatTarget(heat, at),
    text: (at) => formatMetric(heat.cells[at]?.[2] ?? null, heat.format, context.locale),
    step: (at, key) => stepGrid(heat, at, key),
    mark: (at) => ({ seriesIndex: 0, dataIndex: at }),
  };
}

function stepLine(at: number | null, key: string, count: number): number | null {
  const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : key === "ArrowLeft" || key === "ArrowUp" ? -1 : 0;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (step === 0) return null;
  if (at === null) return step > 0 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, at + step));
}

function stepGrid(heat: HeatModel, at: number | null, key: string): number | null {
  const steps: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const step = steps[key];
  if (!step) return null;
  const cell = at === null ? undefined : heat.cells[at];
  if (!cell) return 0;
  let [x, y] = cell;
  // Empty cells are stepped over.
  for (let tries = 0; tries < 24; tries += 1) {
    x += step[0];
    y += step[1];
    if (x < 0 || y < 0 || x >= heat.x.values.length || y >= heat.y.values.length) return at;
    const found = heat.cells.findIndex((one) => one[0] === x && one[1] === y);
    if (found >= 0) return found;
  }
  return at;
}

/** Gives every named value of a tab its colour before the first chart is drawn. */
export function registerColours(colours: Colours, answer: QueryAnswer | undefined): void {
  const values = new Map<string, Set<string | number | boolean | null>>();
  for (const report of answer?.reports ?? [])
    report.columns.forEach((column, at) => {
      if (column.role !== "attribute" || column.format !== "text") return;
      const known = values.get(column.name) ?? new Set();
      values.set(column.name, known);
      for (const row of report.rows) known.add(row[at] ?? null);
    });
  for (const [attribute, known] of values) colours.register(attribute, known);
}
