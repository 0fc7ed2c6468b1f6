import { describe, expect, it } from "vitest";
import type { TableColumn } from "./DataTable";
import { nextSorting, sortedOrder, toTsv } from "./rows";

const columns: TableColumn[] = [
  { at: 0, name: "queue", title: "Queue", format: "text", filters: true },
  { at: 1, name: "handled", title: "Handled", format: "count", filters: false },
];
const context = { locale: "en-GB", zone: "UTC" };

describe("sorting", () => {
  const rows = [["b", 1], ["a", null], ["C", 3], ["item 10", 1], ["item 9", 2]];
  it("keeps nulls last both ways", () => {
    expect(sortedOrder(rows, { at: 1, down: true }, "en")).toEqual([2, 4, 0, 3, 1]);
    expect(sortedOrder(rows, { at: 1, down: false }, "en")).toEqual([0, 3, 4, 2, 1]);
  });
  it("orders names as people do", () => expect(sortedOrder(rows, { at: 0, down: false }, "en").map((at) => rows[at]?.[0])).toEqual(["a", "b", "C", "item 9", "item 10"]));
  it("goes down, up, away for numbers", () => {
    const one = nextSorting(null, 1, columns[1]);
    const two = nextSorting(one, 1, columns[1]);
    expect([one, two, nextSorting(two, 1, columns[1])]).toEqual([{ at: 1, down: true }, { at: 1, down: false }, null]);
  });
});

describe("copy as TSV", () => {
  it("keeps numbers, empties nulls, disarms formulas", () =>
    expect(toTsv(columns, [["=1+1", 12345], ["a\tb\nc", null], ["-x", -5]], context)).toBe("Queue\tHandled\n'=1+1\t12345\na b c\t\n'-x\t-5"));
});
