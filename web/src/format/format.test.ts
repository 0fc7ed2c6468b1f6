import { describe, expect, it } from "vitest";
import { formatCell, valueName } from "./cell";
import { difference, formatAxis, formatDuration, formatMetric, formatPercent } from "./number";
import { addDays, ago, formatBucket, localDate, weekdayName } from "./time";

const thin = "\u202f";
const context = { locale: "en-GB", zone: "Europe/Prague" };

describe("durations", () => {
  it.each([
    [0, "0:00"],
    [9, "0:09"],
    [137, "2:17"],
    [3599.4, "59:59"],
    [3600, `1${thin}h${thin}00`],
    [3900, `1${thin}h${thin}05`],
    [7199, `2${thin}h${thin}00`],
    [450_000, `125${thin}h`],
    [-12, "−0:12"],
  ])("%d seconds read %s", (seconds, text) => expect(formatDuration(seconds, "en-GB")).toBe(text));
});

describe("numbers", () => {
  it("has one decimal in percentages", () => expect(formatPercent(0.5, "en-GB")).toBe("50.0%"));
  it("uses the locale's separators", () => expect(formatMetric(12345, "count", "de-DE")).toBe("12.345"));
  it("shows null as a dash", () => expect(formatMetric(null, "percent", "en-GB")).toBe("–"));
  it("shortens large figures on axes", () => expect(formatAxis(12_000, "count", "en-US")).toBe("12K"));
});

describe("difference", () => {
  it("is relative for counts", () =>
    expect(difference(120, 100, "count", "up", "en-GB")).toEqual({ text: "+20.0%", direction: "up", word: "better", verdict: "good" }));
  it("is in points for percentages", () => expect(difference(0.05, 0.062, "percent", "down", "en-GB")?.text).toBe(`−1.2${thin}pts`));
  it("knows that less waiting is better", () => expect(difference(10, 22, "duration", "down", "en-GB")?.word).toBe("better"));
  it("passes no judgement where there is none", () => expect(difference(2, 1, "count", "neither", "en-GB")?.verdict).toBe("neutral"));
  it("does not judge what is too little", () => expect(difference(996, 1000, "count", "up", "en-GB")).toMatchObject({ text: "−0.4%", word: "lower", verdict: "neutral" }));
  it("calls what rounds to nothing unchanged", () => expect(difference(0.50001, 0.5, "percent", "up", "en-GB")?.word).toBe("unchanged"));
  it("is absent when one side is absent", () => expect(difference(null, 3, "count", "up", "en-GB")).toBeNull());
  it("does not divide by zero", () => expect(difference(5, 0, "count", "up", "en-GB")?.text).toBe("+5"));
});

describe("time", () => {
  it("shows buckets in the workspace's zone", () =>
    expect(formatBucket("2026-10-25T00:00:00+02:00", "day", "en-GB", "Europe/Prague")).toBe("25 Oct"));
  it("names quarters", () => expect(formatBucket("2026-10-01T00:00:00+02:00", "quarter", "en-GB", "Europe/Prague")).toBe("Q4 2026"));
  it("starts the week on Monday", () => expect(weekdayName(1, "en-GB")).toBe("Mon"));
  it("counts days across the change of clocks", () => expect(addDays("2026-10-25", 1)).toBe("2026-10-26"));
  it("finds the local date", () => expect(localDate(new Date("2026-10-31T23:30:00Z"), "Europe/Prague")).toBe("2026-11-01"));
  it.each([
    [500, "just now"],
    [12_000, "12 s ago"],
    [200_000, "3 min ago"],
    [7_200_000, "2 h ago"],
    [400_000_000, "4 days ago"],
  ])("%d ms is %s", (ms, text) => expect(ago(ms)).toBe(text));
});

describe("cells", () => {
  it("dims the absent", () => expect(formatCell(null, "text", context)).toBe("–"));
  it("names no value", () => expect(valueName(null, "text", context)).toBe("No value"));
  it("shows an hour of day", () => expect(formatCell(9, "hour_of_day", context)).toBe("09:00"));
});
