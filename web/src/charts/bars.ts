// Bars: upright along time, hours and weekdays; lying for names, which are long. Always from zero.

import type { BarSeriesOption, EChartsOption, ScatterSeriesOption } from "echarts";
import type { FormatContext } from "../format/cell";
import { formatMetric } from "../format/number";
import type { ChartModel, Series } from "./model";
import { DECAL, type Size, baseAxis, frame, tooltipBox, valueAxis } from "./option";
import type { ChartTheme } from "./theme";
import { chartTooltip } from "./tooltip";

const ROW_HEIGHT = 30;
/** Few bars stay together at the top instead of drifting apart. */
const MOST_ROW_HEIGHT = 46;

export function isUpright(model: ChartModel): boolean {
  return model.axis.kind === "time" || model.axis.format === "hour_of_day" || model.axis.format === "weekday";
}

/** How many lying bars fit; the rest is in the table. */
export function barsThatFit(model: ChartModel, size: Size): number {
  if (isUpright(model)) return model.axis.values.length;
  const lanes = model.stacked || model.series.length === 1 ? 1 : Math.max(1, model.series.length * 0.7);
  return Math.max(1, Math.min(model.axis.values.length, Math.floor((size.height - 8) / (ROW_HEIGHT * lanes))));
}

export function barsOption(model: ChartModel, context: FormatContext, theme: ChartTheme, size: Size, tints: readonly string[] | null): EChartsOption {
  return isUpright(model) ? uprightOption(model, context, theme) : lyingOption(model, context, theme, size, tints);
}

function uprightOption(model: ChartModel, context: FormatContext, theme: ChartTheme): EChartsOption {
  const last = model.series.length - 1;
  return {
    ...frame(theme),
    grid: { left: 4, right: 8, top: 12, bottom: 2, containLabel: true },
    xAxis: baseAxis(model, context, theme, true),
    yAxis: valueAxis(model, context, theme, true),
    tooltip: { ...tooltipBox(), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (given) => chartTooltip(model, positionOf(given), context.locale) },
    series: model.series.map(
      (one, order): BarSeriesOption => ({
        type: "bar",
        name: one.name,
        stack: model.stacked ? "all" : undefined,
        barMaxWidth: 36,
        barCategoryGap: "28%",
        barGap: "12%",
        emphasis: { disabled: true },
        itemStyle: { color: one.colour, borderRadius: !model.stacked || order === last ? [2, 2, 0, 0] : 0, borderColor: theme.panel, borderWidth: model.stacked ? 0.5 : 0 },
        data: one.points.map((value, at) =>
          at === model.axis.unfinished ? { value: value ?? "-", itemStyle: { opacity: 0.75, decal: { ...DECAL, color: theme.panel } } } : (value ?? "-"),
        ),
      }),
    ),
  };
}

function lyingOption(model: ChartModel, context: FormatContext, theme: ChartTheme, size: Size, tints: readonly string[] | null): EChartsOption {
  const count = barsThatFit(model, size);
  const single = model.series.length === 1;
  const labelWidth = Math.min(170, Math.max(76, Math.round(size.width * 0.3)));
  const positions = Array.from({ length: count }, (_, at) => at);
  return {
    ...frame(theme),
    grid: { left: labelWidth + 10, right: single ? 62 : 14, top: 2, bottom: single ? Math.max(2, size.height - count * MOST_ROW_HEIGHT) : 22 },
    yAxis: [{
      type: "category",
      inverse: true,
      data: positions.map(String),
      axisLine: { show: false },
      axisTick: { show: false },
      axisPointer: { type: "shadow", label: { show: false }, shadowStyle: { color: theme.name === "light" ? "rgba(0,0,0,.045)" : "rgba(255,255,255,.06)" } },
      axisLabel: { color: theme.ink, fontSize: 13, width: labelWidth, overflow: "truncate", margin: 10, interval: 0, formatter: (at: string) => model.axis.labels[Number(at)] ?? "" },
    }, ...(single ? [figures(model.series[0], context, theme, positions)] : [])],
    xAxis: { ...valueAxis(model, context, theme, true), show: !single, min: 0 },
    tooltip: { ...tooltipBox(), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (given) => chartTooltip(model, positionOf(given), context.locale) },
    series: [...model.series.map((one) => lyingBars(one, model, positions, single, tints)), ...(single ? previousTicks(model.series[0], theme, positions) : [])],
  };
}

function lyingBars(
  one: Series,
  model: ChartModel,
  positions: number[],
  single: boolean,
  tints: readonly string[] | null,
): BarSeriesOption {
  return {
    type: "bar",
    name: one.name,
    stack: model.stacked ? "all" : undefined,
    barMaxWidth: 18,
    barCategoryGap: "36%",
    emphasis: { disabled: true },
    itemStyle: { color: one.colour, borderRadius: model.stacked ? 0 : [0, 2, 2, 0] },
    data: positions.map((at) => {
      const value = one.points[at] ?? "-";
      const colour = single ? tints?.[at] : undefined;
      return colour ? { value, itemStyle: { color: colour } } : value;
    }),
  };
}

/** The figures of the bars in a column of their own, where no tick of the period before can run into them. */
function figures(one: Series | undefined, context: FormatContext, theme: ChartTheme, positions: number[]) {
  return {
    type: "category" as const,
    inverse: true,
    position: "right" as const,
    data: positions.map(String),
    axisLine: { show: false },
    axisTick: { show: false },
    axisPointer: { show: false },
    axisLabel: {
      color: theme.ink,
      fontSize: 13,
      fontWeight: 500,
      margin: 58,
      align: "right" as const,
      interval: 0,
      formatter: (at: string) => (one ? formatMetric(one.points[Number(at)] ?? null, one.format, context.locale) : ""),
    },
  };
}

/** Where each bar stood in the period before: a thin upright tick. */
function previousTicks(one: Series | undefined, theme: ChartTheme, positions: number[]): ScatterSeriesOption[] {
  if (!one?.previous) return [];
  return [
    {
      type: "scatter",
      name: "before",
      silent: true,
      symbol: "rect",
      symbolSize: [2, 18],
      itemStyle: { color: theme.ink, opacity: 0.7 },
      z: 5,
      data: positions.map((at) => [one.previous?.[at] ?? "-", at]),
    },
  ];
}

function positionOf(given: unknown): number {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  const at = (first as { dataIndex?: unknown } | undefined)?.dataIndex;
  return typeof at === "number" ? at : -1;
}
