import type { EChartsOption } from "echarts";
import type { FormatContext } from "../format/cell";
import { formatMetric } from "../format/number";
import type { HeatModel } from "./heat";
import { type Size, frame, tooltipBox } from "./option";
import type { ChartTheme } from "./theme";
import { heatTooltip } from "./tooltip";

/** Figures are written into the cells only where they can be read. */
const ROOM_FOR_FIGURES = 38;

export function heatOption(model: HeatModel, context: FormatContext, theme: ChartTheme, size: Size): EChartsOption {
  const cellWidth = (size.width - 60) / Math.max(1, model.x.values.length);
  const names = { color: theme.dim, fontSize: 12 };
  return {
    ...frame(theme),
    grid: { left: 4, right: 4, top: 4, bottom: 0, containLabel: true },
    xAxis: {
      type: "category",
      data: model.x.labels,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...names, hideOverlap: true, interval: cellWidth < 22 ? 2 : "auto" },
      splitArea: { show: true, areaStyle: { color: [theme.blank, theme.blank] } },
    },
    yAxis: { type: "category", inverse: true, data: model.y.labels, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { ...names, interval: 0 } },
    visualMap: { show: false, type: "continuous", min: model.least, max: model.most === model.least ? model.least + 1 : model.most, inRange: { color: [...theme.sequential] } },
    tooltip: { ...tooltipBox(), trigger: "item", formatter: (given) => heatTooltip(model, (Array.isArray(given) ? given[0] : given)?.dataIndex ?? -1, context.locale) },
    series: [
      {
        type: "heatmap",
        data: model.cells.map(([x, y, value]) => [x, y, value]),
        itemStyle: { borderColor: theme.panel, borderWidth: 1.5, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: theme.ink, borderWidth: 1.5 } },
        label: {
          show: cellWidth >= ROOM_FOR_FIGURES,
          fontSize: 12,
          formatter: ({ dataIndex }) => formatMetric(model.cells[dataIndex]?.[2] ?? null, model.format, context.locale),
        },
      },
    ],
  };
}
