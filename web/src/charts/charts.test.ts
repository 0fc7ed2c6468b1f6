import { describe, expect, it } from "vitest";
import type { Column, Report, Tile } from "../api/types";
import { barsOption, barsThatFit, isUpright } from "./bars";
import { durationEdges, durationStep } from "./option";
import { Colours } from "./colours";
import { describeChart, describeHeat } from "./describe";
import { heatModel, heatTarget } from "./heat";
import { linePoints, lineOption } from "./line";
import { chartModel, metricOf, pointTarget } from "./model";
import { DARK, LIGHT } from "./theme";
import { chartTooltip, hoverRows } from "./tooltip";

const context = { locale: "en-GB", zone: "Europe/Prague" };
const day = (number: number) => `2026-10-0${number}T00:00:00+02:00`;
const time: Column = { name: "time.day", title: "Day", role: "time", format: "day" };
const queue: Column = { name: "queue", title: "Queue", role: "attribute", format: "text" };
const handled: Column = { name: "handled", title: "Handled", role: "metric", format: "count", good: "up" };
const abandoned: Column = { name: "abandoned", title: "Abandoned", role: "metric", format: "count", good: "down" };

const tile = (kind: Tile["kind"], stacked = false): Tile => ({ id: "t", title: "Conversations", kind, w: 6, h: 4, x: 0, y: 0, query: { data_set: "conversations", metrics: [] }, options: { stacked } });

const input = (report: Partial<Report>, kind: Tile["kind"] = "line", stacked = false) => ({
  tile: tile(kind, stacked),
  report: { id: "t", columns: [], rows: [], ...report },
  context,
  theme: LIGHT,
  colours: new Colours(),
});

const daily = input({
  columns: [time, handled, abandoned],
  rows: [[day(1), 10, 2], [day(2), 30, 1], [day(4), 5, 9]],
  buckets: [day(1), day(2), day(3), day(4)],
  unfinished_bucket: day(4),
  previous: { whole: true, rows: [["2026-09-01T00:00:00+02:00", 20, 2]], buckets: ["2026-09-01T00:00:00+02:00", "2026-09-02T00:00:00+02:00"] },
});

describe("time model", () => {
  const model = chartModel(daily);
  it("has a gap where a bucket has no row", () => expect(model?.series[0]?.points).toEqual([10, 30, null, 5]));
  it("lines the period before up by position", () => expect(model?.series[0]?.previous).toEqual([20, null, null, null]));
  it("leaves the bucket out in which the data begins inside the period before", () => {
    const buckets = [1, 2, 3, 4].map((at) => `2026-09-0${at}T00:00:00+02:00`);
    const rows = [[buckets[1] ?? "", 3, 0], [buckets[2] ?? "", 20, 2]];
    const shown = (whole: boolean) => chartModel({ ...daily, report: { ...daily.report, previous: { whole, rows, buckets } } })?.series[0]?.previous;
    expect(shown(true)).toEqual([null, 3, 20, null]);
    expect(shown(false)).toEqual([null, null, 20, null]);
  });
  it("knows the bucket still filling", () => expect(model?.axis.unfinished).toBe(3));
  it("makes good news blue and bad news orange", () => expect(model?.series.map((one) => one.colour)).toEqual([LIGHT.palette[0], LIGHT.palette[1]]));
  it("points at its bucket", () => expect(model && pointTarget(model, 1, 1)).toEqual({ members: [], bucket: 1, metric: { metric: "abandoned" }, label: "Fri, 2 Oct 2026" }));
  it("is nothing without rows", () => expect(chartModel(input({ columns: [time, handled] }))).toBeNull());
  it("sorts the hover by value", () => expect(model && hoverRows(model, 3, "en-GB").map((row) => row.name)).toEqual(["Abandoned", "Handled"]));
  it("describes itself", () => expect(model && describeChart("Conversations", "line", model, "en-GB")).toContain("Handled: highest 30 (Fri, 2 Oct 2026), lowest 5"));
});

describe("line", () => {
  it("ends solid before the unfinished bucket and goes on dashed", () => {
    const model = chartModel(daily);
    const series = model ? (lineOption(model, context, LIGHT).series as { data: unknown[]; lineStyle: { type?: unknown } }[]) : [];
    const solid = series.filter((one) => one.lineStyle.type === undefined);
    expect(series.some((one) => Array.isArray(one.lineStyle.type))).toBe(true);
    expect(solid.every((one) => (one.data[3] ?? null) === null)).toBe(true);
  });
  it("dots a point without neighbours", () => expect(linePoints([null, 4, null, 1, 2], 5)).toEqual([null, { value: 4, symbol: "circle", symbolSize: 5 }, null, 1, 2]));
});

describe("split model", () => {
  const split = input({ columns: [time, queue, handled], rows: [[day(1), "A", 1], [day(1), "B", 5], [day(2), null, 9]], buckets: [day(1), day(2)] });
  const model = chartModel(split);
  it("has the largest first and names no value", () => expect(model?.series.map((one) => one.name)).toEqual(["No value", "B", "A"]));
  it("filters by its member", () => expect(model && pointTarget(model, 0, 1)?.members).toEqual([{ attribute: "queue", value: "B" }]));
  it("keeps a colour when other values join", () => {
    const colours = new Colours();
    const before = colours.of("queue", "B", LIGHT);
    colours.register("queue", ["A", "C", "D"]);
    expect(colours.of("queue", "B", LIGHT)).toBe(before);
    expect(colours.of("queue", "B", DARK)).toBe(DARK.palette[LIGHT.palette.indexOf(before)]);
  });
  it("gives eight values eight colours and the ninth the rest", () => {
    const colours = new Colours();
    const tints = [..."abcdefghi"].map((name) => colours.of("team", name, LIGHT));
    expect(new Set(tints).size).toBe(9);
    expect(tints[8]).toBe(LIGHT.rest);
  });
});

describe("bars", () => {
  const byQueue = chartModel(input({ columns: [queue, handled], rows: [["A", 9], ["B", 4], ["C", 1]], previous: { whole: true, rows: [["B", 6]] } }, "bars"));
  it("lie for names and start at zero", () => {
    expect(byQueue && isUpright(byQueue)).toBe(false);
    const option = byQueue ? barsOption(byQueue, context, LIGHT, { width: 400, height: 200 }, null) : {};
    expect((option.xAxis as { min: number }).min).toBe(0);
  });
  it("find the value before by name", () => expect(byQueue?.series[0]?.previous).toEqual([null, 6, null]));
  it("are not compared with a period that the data covers in part", () => {
    const inPart = chartModel(input({ columns: [queue, handled], rows: [["A", 9]], previous: { whole: false, rows: [["A", 6]] } }, "bars"));
    expect(inPart?.series[0]?.previous).toBeNull();
  });
  it("show as many as fit", () => expect(byQueue && barsThatFit(byQueue, { width: 400, height: 70 })).toBe(2));
});

describe("heatmap", () => {
  const weekday: Column = { name: "time.weekday", title: "Weekday", role: "time", format: "weekday" };
  const hour: Column = { name: "time.hour_of_day", title: "Hour", role: "time", format: "hour_of_day" };
  const model = heatModel({ id: "h", columns: [weekday, hour, handled], rows: [[1, 9, 12], [5, 17, 40]] }, context);
  it("has hours across and weekdays down", () => {
    expect(model?.x.values).toHaveLength(24);
    expect(model?.y.labels[0]).toBe("Mon");
    expect(model?.cells).toEqual([[9, 0, 12, null], [17, 4, 40, null]]);
  });
  it("points at both", () => expect(model && heatTarget(model, 1)?.members).toEqual([{ attribute: "time.weekday", value: 5 }, { attribute: "time.hour_of_day", value: 17 }]));
  it("describes its peak", () => expect(model && describeHeat("Handled", model, "en-GB")).toContain("Highest 40 on Friday, 17:00–18:00"));
});

describe("hover text", () => {
  it("never lets data become markup", () => {
    const model = chartModel(input({ columns: [queue, handled], rows: [["<img src=x onerror=alert(1)>", 9]] }, "bars"));
    const text = model ? chartTooltip(model, 0, "en-GB") : "";
    expect(text).not.toContain("<img");
    expect(text).toContain("&#60;img");
  });
});

describe("steps of durations", () => {
  it.each([[330, 120], [40, 10], [7000, 1800], [4_000_000, 1_080_000]])("up to %d s go by %d s", (most, step) => expect(durationStep(most)).toBe(step));
});

describe("edges of durations", () => {
  it("stand on zero", () => expect(durationEdges({ least: 3, most: 330 }, false)).toEqual({ min: 0, max: 360, interval: 120 }));
  it("or float on whole steps", () => expect(durationEdges({ least: 290, most: 400 }, true)).toEqual({ min: 240, max: 420, interval: 60 }));
});

describe("metric names of columns", () => {
  it("carry their seconds", () => expect(metricOf("answered_within:20")).toEqual({ metric: "answered_within", seconds: 20 }));
  it("or none", () => expect(metricOf("handled")).toEqual({ metric: "handled" }));
});
