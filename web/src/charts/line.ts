// Time series as lines: gaps stay gaps, the bucket still filling is dashed, the period before is a thin line behind.

import type { EChartsOption, LineSeriesOption } from "echarts";
import type { FormatContext } from "../format/cell";
import type { ChartModel, Series } from "./model";
import { baseAxis, frame, tooltipBox, valueAxis } from "./option";
import type { ChartTheme } from "./theme";
import { chartTooltip } from "./tooltip";

/** The range before rarely starts on the same weekday: with more lines than this the lines of the period before would only be noise. */
export const MOST_WITH_PREVIOUS = 1;

export function lineOption(model: ChartModel, context: FormatContext, theme: ChartTheme): EChartsOption {
  const mixed = new Set(model.series.map((series) => series.format)).size > 1;
  const shown = mixed ? model.series.filter((series) => series.format === model.series[0]?.format) : model.series;
  const series = shown.flatMap((one) => drawLine(one, model, theme));
  if (shown.length <= MOST_WITH_PREVIOUS) series.unshift(...shown.flatMap((one) => drawPrevious(one, theme)));
  return {
    ...frame(theme),
    grid: { left: 4, right: 12, top: 12, bottom: 2, containLabel: true },
    xAxis: baseAxis(model, context, theme, false),
    yAxis: valueAxis(model, context, theme, model.stacked),
    tooltip: {
      ...tooltipBox(),
      trigger: "axis",
      formatter: (given) => {
        const first = Array.isArray(given) ? given[0] : given;
        return chartTooltip(model, first?.dataIndex ?? -1, context.locale);
      },
    },
    series,
  };
}

type Point = NonNullable<LineSeriesOption["data"]>[number];

/** A point without neighbours would be an invisible line, so it gets a dot. */
export function linePoints(points: readonly (number | null)[], until: number): Point[] {
  return points.map((value, at) => {
    if (at >= until || value === null) return null;
    const before = at > 0 ? (points[at - 1] ?? null) : null;
    const after = at + 1 < until ? (points[at + 1] ?? null) : null;
    return before === null && after === null ? { value, symbol: "circle", symbolSize: 5 } : value;
  }) as Point[];
}

function drawLine(one: Series, model: ChartModel, theme: ChartTheme): LineSeriesOption[] {
  const cut = model.axis.unfinished >= 0 ? model.axis.unfinished : one.points.length;
  const base: LineSeriesOption = {
    type: "line",
    name: one.name,
    symbol: "none",
    itemStyle: { color: one.colour },
    lineStyle: { color: one.colour, width: 2 },
    emphasis: { disabled: true },
    connectNulls: false,
    triggerLineEvent: true,
    z: 3,
  };
  const area: Partial<LineSeriesOption> = model.stacked
    ? { stack: "all", areaStyle: { color: one.colour, opacity: 0.28 }, lineStyle: { color: one.colour, width: 1.5 } }
    : model.series.length === 1 && one.format === "count"
      ? { areaStyle: { color: one.colour, opacity: theme.name === "light" ? 0.07 : 0.12 } }
      : {};
  const lines: LineSeriesOption[] = [{ ...base, ...area, data: linePoints(one.points, cut) }];
  if (cut < one.points.length) {
    const tail = one.points.map((value, at) => (at === cut - 1 || at === cut ? value : null));
    lines.push({ ...base, data: linePoints(tail, cut + 1), lineStyle: { color: one.colour, width: 2, type: [3, 4] } });
  }
  return lines;
}

function drawPrevious(one: Series, theme: ChartTheme): LineSeriesOption[] {
  if (!one.previous || one.previous.every((value) => value === null)) return [];
  return [
    {
      type: "line",
      name: `${one.name}, before`,
      data: one.previous,
      symbol: "none",
      silent: true,
      emphasis: { disabled: true },
      lineStyle: { color: one.colour, width: 1.25, opacity: theme.name === "light" ? 0.38 : 0.45 },
      itemStyle: { color: one.colour },
      z: 2,
    },
  ];
}
