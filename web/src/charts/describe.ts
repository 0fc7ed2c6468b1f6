// A chart in a sentence or two, for those who do not see it.

import { formatMetric } from "../format/number";
import type { HeatModel } from "./heat";
import type { ChartModel, Series } from "./model";

function extreme(series: Series, better: (one: number, other: number) => boolean): number {
  let found = -1;
  series.points.forEach((value, at) => {
    if (value === null) return;
    const best = series.points[found];
    if (best === null || best === undefined || better(value, best)) found = at;
  });
  return found;
}

export function describeChart(title: string, kind: "line" | "bars", model: ChartModel, locale: string): string {
  const labels = model.axis.longLabels;
  const shape = kind === "line" ? "Line chart" : "Bar chart";
  const span = model.axis.kind === "time" && labels.length > 1 ? `, ${labels[0]} to ${labels[labels.length - 1]}` : "";
  const parts = model.series.slice(0, 4).map((series) => {
    const top = extreme(series, (one, other) => one > other);
    const low = extreme(series, (one, other) => one < other);
    if (top < 0) return `${series.name}: no data`;
    const high = `highest ${formatMetric(series.points[top] ?? null, series.format, locale)} (${labels[top]})`;
    return top === low ? `${series.name}: ${high}` : `${series.name}: ${high}, lowest ${formatMetric(series.points[low] ?? null, series.format, locale)} (${labels[low]})`;
  });
  const more = model.series.length > 4 ? ` And ${model.series.length - 4} more.` : "";
  return `${shape}: ${title} by ${model.axis.title.toLowerCase()}${span}. ${parts.join("; ")}.${more}`;
}

export function describeHeat(title: string, model: HeatModel, locale: string): string {
  const top = model.cells.reduce((best, cell) => (cell[2] > best[2] ? cell : best));
  const where = `${model.y.longLabels[top[1]]}, ${model.x.longLabels[top[0]]}`;
  return `Heatmap: ${title}, ${model.x.title.toLowerCase()} by ${model.y.title.toLowerCase()}. Highest ${formatMetric(top[2], model.format, locale)} on ${where}.`;
}
