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

export function tooltipBox(theme: ChartTheme) {
  return {
    confine: true,
    appendTo: "body" as const,
    transitionDuration: 0,
    padding: 0,
    borderWidth: 1,
    borderColor: theme.axis,
    backgroundColor: theme.panel,
    textStyle: { color: theme.ink, fontSize: 12, fontFamily: CHART_FONT },
    extraCssText: "border-radius:8px;box-shadow:0 6px 24px rgb(0 0 0 / .16);",
  };
}

export function valueAxis(model: ChartModel, context: FormatContext, theme: ChartTheme, fromZero: boolean) {
  const format = model.series[0]?.format ?? "number";
  return {
    type: "value" as const,
    scale: !fromZero,
    splitNumber: 4,
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
