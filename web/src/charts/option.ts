// What all charts share: axes, hover, fonts. Options are plain data; drawing happens in the app.

import type { EChartsOption } from "echarts";
import { formatAxis } from "../format/number";
import type { FormatContext } from "../format/cell";
import { formatBucket } from "../format/time";
import type { ChartModel } from "./model";
import { CHART_FONT, type ChartTheme } from "./theme";

export type Size = { width: number; height: number };

export const DECAL = { symbol: "rect", dashArrayX: [1, 0] as number[], dashArrayY: [3, 4] as number[], rotation: -Math.PI / 4 };

export function frame(theme: ChartTheme): EChartsOption {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily: CHART_FONT, fontSize: 12, color: theme.dim },
  };
}

/** The box itself is drawn by the style sheet, so that it follows the look of the page even while it is open. */
export function tooltipBox() {
  return {
    confine: true,
    appendTo: "body" as const,
    transitionDuration: 0,
    padding: 0,
    borderWidth: 0,
    backgroundColor: "transparent",
    textStyle: { fontSize: 12, fontFamily: CHART_FONT },
    extraCssText: "box-shadow:none;",
  };
}

const DURATION_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000, 86_400, 180_000, 360_000];

/** Steps of an axis of durations that fall on minutes and hours, not on hundreds of seconds. */
export function durationStep(most: number): number {
  const wanted = most / 4;
  return DURATION_STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 360_000) * 360_000;
}

type Span = { least: number; most: number };

function spanOf(model: ChartModel): Span {
  const stacks = model.stacked ? model.axis.values.map((_, at) => model.series.reduce((sum, series) => sum + (series.points[at] ?? 0), 0)) : [];
  const points = model.series.flatMap((series) => series.points.filter((value): value is number => value !== null));
  return { least: Math.min(...points, Infinity), most: Math.max(0, ...points, ...stacks) };
}

/** A line that never comes near zero is read better from its own floor; bars and counts always stand on zero. */
function floats({ least, most }: Span, format: string, fromZero: boolean): boolean {
  return !fromZero && format !== "count" && Number.isFinite(least) && least > most * 0.4;
}

/** Edges of an axis of durations: whole steps. */
export function durationEdges(span: Span, floating: boolean): { min: number; max: number; interval: number } {
  const step = durationStep(floating ? (span.most - span.least) * 1.5 : span.most);
  return { min: floating ? Math.floor(span.least / step) * step : 0, max: Math.max(step, Math.ceil(span.most / step) * step), interval: step };
}

export function valueAxis(model: ChartModel, context: FormatContext, theme: ChartTheme, fromZero: boolean) {
  const format = model.series[0]?.format ?? "number";
  const span = spanOf(model);
  const floating = floats(span, format, fromZero);
  return {
    type: "value" as const,
    scale: floating,
    splitNumber: 4,
    ...(format === "duration" ? durationEdges(span, floating) : {}),
    minInterval: format === "count" ? 1 : undefined,
    axisLabel: { color: theme.dim, fontSize: 12, hideOverlap: true, formatter: (value: number) => formatAxis(value, format, context.locale) },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.grid, width: 1 } },
  };
}

/** The axis of time or of names along the bottom. */
export function baseAxis(model: ChartModel, context: FormatContext, theme: ChartTheme, gap: boolean) {
  const { axis } = model;
  const hourly = axis.format === "hour";
  return {
    type: "category" as const,
    data: axis.values.map((_, at) => String(at)),
    boundaryGap: gap,
    axisLine: { lineStyle: { color: theme.axis } },
    axisTick: { show: false },
    axisLabel: {
      color: theme.dim,
      fontSize: 12,
      hideOverlap: true,
      margin: 10,
      alignMinLabel: gap ? undefined : ("left" as const),
      alignMaxLabel: gap ? undefined : ("right" as const),
      formatter: (position: string) => {
        const at = Number(position);
        const label = axis.labels[at] ?? "";
        // Midnight carries the date, or two days of hours could not be told apart.
        return hourly && label.startsWith("00") ? formatBucket(String(axis.values[at]), "day", context.locale, context.zone) : label;
      },
    },
    axisPointer: { type: gap ? ("shadow" as const) : ("line" as const), label: { show: false }, lineStyle: { color: theme.axis, type: "solid" as const }, shadowStyle: { color: theme.name === "light" ? "rgba(0,0,0,.045)" : "rgba(255,255,255,.06)" } },
  };
}
