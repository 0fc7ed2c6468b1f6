// The text of hovers. It ends as HTML in the page, so every word that comes from data passes through `escape`.

import { type Difference, difference, formatMetric } from "../format/number";
import type { HeatModel } from "./heat";
import type { ChartModel } from "./model";

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const ARROWS = { up: "▲", down: "▼", same: "=" } as const;

export type HoverRow = { name: string; colour: string | null; value: string; before: string | null; difference: Difference | null; sortBy: number };

/** Every series at one point: the highest first when they share a unit, else in the order of the chart. */
export function hoverRows(model: ChartModel, at: number, locale: string): HoverRow[] {
  const rows = model.series.map((series) => {
    const value = series.points[at] ?? null;
    const before = series.previous ? (series.previous[at] ?? null) : null;
    return {
      name: series.name,
      colour: series.colour,
      value: formatMetric(value, series.format, locale),
      before: before === null ? null : formatMetric(before, series.format, locale),
      difference: difference(value, before, series.format, series.good, locale),
      sortBy: value ?? -Infinity,
    };
  });
  const oneUnit = new Set(model.series.map((series) => series.format)).size === 1;
  return oneUnit ? rows.sort((one, other) => other.sortBy - one.sortBy) : rows;
}

function html(title: string, rows: readonly HoverRow[], note: string | null): string {
  const lines = rows.map((row) => {
    const mark = row.colour ? `<i style="background:${escape(row.colour)}"></i>` : "";
    const change = row.difference
      ? `<em class="${row.difference.verdict}">${ARROWS[row.difference.direction]} ${escape(row.difference.text)}</em>`
      : "<em></em>";
    return `<tr><th>${mark}${escape(row.name)}</th><td>${escape(row.value)}</td><td>${change}</td></tr>`;
  });
  const foot = note ? `<p>${escape(note)}</p>` : "";
  const hint = `<p class="hint">Click to filter, double-click for conversations</p>`;
  return `<div class="hover"><b>${escape(title)}</b><table>${lines.join("")}</table>${foot}${hint}</div>`;
}

export function chartTooltip(model: ChartModel, at: number, locale: string): string {
  if (at < 0 || at >= model.axis.values.length) return "";
  const notes: string[] = [];
  if (at === model.axis.unfinished) notes.push("Not finished yet");
  if (model.series.some((series) => series.previous)) notes.push("Compared with the period before");
  return html(model.axis.longLabels[at] ?? "", hoverRows(model, at, locale), notes.length > 0 ? notes.join(". ") : null);
}

export function heatTooltip(model: HeatModel, at: number, locale: string): string {
  const cell = model.cells[at];
  if (!cell) return "";
  const [x, y, value, before] = cell;
  const row: HoverRow = {
    name: model.title,
    colour: null,
    value: formatMetric(value, model.format, locale),
    before: null,
    difference: difference(value, before, model.format, model.good, locale),
    sortBy: value,
  };
  return html(`${model.y.longLabels[y] ?? ""}, ${model.x.longLabels[x] ?? ""}`, [row], null);
}
