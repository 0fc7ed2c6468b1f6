import { describe, expect, it } from "vitest";
import type { Filter } from "../api/types";
import { filterText, parseFilter, toggleValue, withFilter } from "./filters";
import { bucketRange, parseRange, rangeText, widerPreset } from "./range";
import { ownPath, parseSearch, stringifySearch } from "./search";

describe("range in the address", () => {
  it.each(["last_30_days", "2026-10-01..2026-10-31", "2026-10-01T10:00:00+02:00..2026-10-01T11:00:00+02:00"])("%s survives", (text) =>
    expect(rangeText(parseRange(text) ?? { preset: "all" })).toBe(text));
  it.each(["", "next_week", "2026-10-01", "a..b", "2026-10-01..2026-10-02..2026-10-03"])("%j is no range", (text) => expect(parseRange(text)).toBeNull());
  it("turns a reversed range around", () => expect(parseRange("2026-10-05..2026-10-01")).toEqual({ from: "2026-10-01", to: "2026-10-05" }));
  it("knows a wider one", () => {
    expect(widerPreset({ preset: "today" })).toBe("last_7_days");
    expect(widerPreset({ preset: "last_month" })).toBe("last_90_days");
    expect(widerPreset({ preset: "all" })).toBeNull();
  });
});

describe("range of a bucket", () => {
  const asked = { from: "2026-10-07", to: "2026-10-20", from_instant: "2026-10-07T00:00:00+02:00", to_instant: "2026-10-21T00:00:00+02:00" };
  it("is a day", () => expect(bucketRange(["2026-10-07T00:00:00+02:00"], 0, "day", asked)).toEqual({ from: "2026-10-07", to: "2026-10-07" }));
  it("is cut at the edges of the range", () => {
    const weeks = ["2026-10-05T00:00:00+02:00", "2026-10-12T00:00:00+02:00", "2026-10-19T00:00:00+02:00"];
    expect(bucketRange(weeks, 0, "week", asked)).toEqual({ from: "2026-10-07", to: "2026-10-11" });
    expect(bucketRange(weeks, 2, "week", asked)).toEqual({ from: "2026-10-19", to: "2026-10-20" });
  });
  it("is an hour by instants", () =>
    expect(bucketRange(["2026-10-07T10:00:00+02:00"], 0, "hour", asked)).toEqual({
      from_instant: "2026-10-07T10:00:00+02:00",
      to_instant: "2026-10-07T09:00:00.000Z",
    }));
});

describe("filters in the address", () => {
  const awkward: Filter = { attribute: "queue", op: "not_in", values: ["a,b", "50%", "x:y", "~", null, "Žižkov & Co"] };
  it("survive awkward values", () => expect(parseFilter(filterText(awkward))).toEqual(awkward));
  it("survive the whole trip through the search text", () => {
    const back = parseSearch(stringifySearch({ f: [filterText(awkward), "channel:in:Call"] }));
    expect((back["f"] as string[]).map(parseFilter)).toEqual([awkward, { attribute: "channel", op: "in", values: ["Call"] }]);
  });
  it("refuse an unknown comparison", () => expect(parseFilter("queue:like:x")).toBeNull());
  it("click, click again, shift-click", () => {
    const one = toggleValue([], "queue", "A", false);
    expect(one).toEqual([{ attribute: "queue", op: "in", values: ["A"] }]);
    expect(toggleValue(one, "queue", "A", false)).toEqual([]);
    expect(toggleValue(one, "queue", "B", true)[0]?.values).toEqual(["A", "B"]);
    expect(toggleValue(one, "queue", "B", false)[0]?.values).toEqual(["B"]);
  });
  it("remove a filter without values", () => expect(withFilter([awkward], "queue", "in", [])).toEqual([]));
});

describe("next after sign-in", () => {
  it.each(["/d/pilot?tab=agents", "/", "/conversations/WT1"])("%s is ours", (path) => expect(ownPath(path)).toBe(path));
  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/sign-in?next=/", "d/pilot", "/a\\b", "/\tx"])("%s is not", (path) =>
    expect(ownPath(path)).toBeUndefined());
});
