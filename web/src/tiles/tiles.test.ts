import { describe, expect, it } from "vitest";
import type { AttributeInfo, Cell, Filter, QueryAnswer, Report, Tab, Tile } from "../api/types";
import { drillSearch, mergeFilters, rowTarget } from "./drill";
import { hasEarlier, isEmpty, knowledge, tabRequest, unfollowed } from "./request";

const tile = (id: string, kind: Tile["kind"], dataSet = "conversations"): Tile => ({
  id,
  title: id,
  kind,
  w: 3,
  h: 2,
  x: 0,
  y: 0,
  query: { data_set: dataSet, metrics: [{ metric: "handled" }], filters: [{ attribute: "channel", op: "in", values: ["Call", "Chat"] }] },
});
const tab: Tab = { id: "t", title: "T", filters: [], tiles: [tile("number", "headline"), tile("time", "line", "activities"), tile("newest", "list")] };
const attributes: AttributeInfo[] = [
  { name: "queue", title: "Queue", data_sets: ["conversations"] },
  { name: "team", title: "Team", data_sets: ["conversations", "activities"] },
];
const queue: Filter = { attribute: "queue", op: "in", values: ["A"] };
const team: Filter = { attribute: "team", op: "in", values: ["B"] };

describe("request of a tab", () => {
  const request = tabRequest(tab, { preset: "today" }, "previous_period", [queue, team], knowledge(attributes));
  it("asks twice for a headline, once for a chart, not for a list", () => expect(request.reports.map((one) => one.id)).toEqual(["number", "number~trend", "time"]));
  it("draws the trend by time.auto", () => expect(request.reports[1]?.query.attributes).toEqual(["time.auto"]));
  it("has for all what all data sets know", () => expect(request.filters).toEqual([team]));
  it("has for some what only they know", () => {
    expect(request.reports[0]?.query.filters).toContainEqual(queue);
    expect(request.reports[2]?.query.filters).not.toContainEqual(queue);
  });
  it("says which filters a tile does not follow", () => expect(unfollowed(tile("time", "line", "activities"), [queue, team], knowledge(attributes))).toEqual(["queue"]));
});

describe("merged filters never widen", () => {
  const one = (op: Filter["op"], ...values: string[]): Filter => ({ attribute: "q", op, values });
  it("joins what both want", () => expect(mergeFilters([one("in", "A", "B"), one("in", "B", "C")])).toEqual([one("in", "B")]));
  it("takes away what one refuses", () => expect(mergeFilters([one("not_in", "A"), one("in", "A", "B")])).toEqual([one("in", "B")]));
  it("refuses what either refuses", () => expect(mergeFilters([one("not_in", "A"), one("not_in", "B")])).toEqual([one("not_in", "A", "B")]));
  it("keeps a contradiction", () => expect(mergeFilters([one("in", "A"), one("in", "B")])).toEqual([one("in", "A"), one("in", "B")]));
});

describe("drill", () => {
  const report: Report = {
    id: "t",
    columns: [
      { name: "queue", title: "Queue", role: "attribute", format: "text" },
      { name: "time.day", title: "Day", role: "time", format: "day" },
      { name: "handled", title: "Handled", role: "metric", format: "count" },
    ],
    rows: [],
    buckets: ["2026-10-01T00:00:00+02:00", "2026-10-02T00:00:00+02:00"],
  };
  const resolved = { from: "2026-10-01", to: "2026-10-02", from_instant: "2026-10-01T00:00:00+02:00", to_instant: "2026-10-03T00:00:00+02:00", time_zone: "Europe/Prague", title: "" };
  it("keeps filters, metric and the day of the row", () => {
    const target = rowTarget(report, ["A", "2026-10-02T00:00:00+02:00", 4]);
    expect(drillSearch({ tile: tile("x", "table"), range: { preset: "all" }, filters: [team], resolved, report }, target)).toEqual({
      data_set: undefined,
      metric: "handled",
      seconds: undefined,
      range: "2026-10-02..2026-10-02",
      f: ["channel:in:Call,Chat", "team:in:B", "queue:in:A"],
    });
  });
});

describe("an empty answer", () => {
  const answer = (rows: (number | null)[][]) => ({
    reports: [{ id: "number", columns: [{ name: "handled", title: "", role: "metric" as const, format: "count" as const }], rows }],
    range: { from: "", to: "", from_instant: "", to_instant: "", time_zone: "", title: "" },
    freshness: { newest_event_at: null, as_of: "", data_version: 1 },
    scope: { state: "some" as const, label: "", policy_version: 1 },
  });
  it.each([[[[0]], true], [[[null]], true], [[], true], [[[3]], false]])("%j is %s", (rows, empty) => expect(isEmpty(answer(rows), tab)).toBe(empty));
});

describe("the period before", () => {
  const columns: Report["columns"] = [
    { name: "queue", title: "", role: "attribute", format: "text" },
    { name: "handled", title: "", role: "metric", format: "count" },
  ];
  const answer = (...before: (Cell[][] | null)[]) =>
    ({ reports: before.map((rows, at) => ({ id: `${at}`, columns, rows: [["A", 3]], previous: rows && { whole: true, rows } })) }) as unknown as QueryAnswer;
  it("is there when one report has a number in it, so that a nought of another counts", () => expect(hasEarlier(answer([["A", 0]], [["A", 2]]))).toBe(true));
  it("is not there when all are nought, nothing or not asked for", () => expect(hasEarlier(answer([["A", 0]], [["A", null]], [], null))).toBe(false));
  it("is not there without an answer", () => expect(hasEarlier(undefined)).toBe(false));
});
