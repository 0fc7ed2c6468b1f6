// Sorting and copying of rows: pure, so that they can be tested.

import type { Cell } from "../api/types";
import { type FormatContext, formatCell } from "../format/cell";
import { isMetricFormat } from "../format/number";
import type { Sorting, TableColumn } from "./DataTable";

/** The order of rows for a sorting; nulls are last either way, equals keep the order of the answer. */
export function sortedOrder(rows: readonly (readonly Cell[])[], sorting: Sorting | null, locale: string): number[] {
  const order = rows.map((_, at) => at);
  if (!sorting) return order;
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const sign = sorting.down ? -1 : 1;
  return order.sort((one, other) => {
    const a = rows[one]?.[sorting.at] ?? null;
    const b = rows[other]?.[sorting.at] ?? null;
    if (a === null || b === null) return a === b ? one - other : a === null ? 1 : -1;
    const compared = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
    return compared === 0 ? one - other : compared * sign;
  });
}

/** First click: numbers from the top, names from A. Then the other way, then as it came. */
export function nextSorting(now: Sorting | null, at: number, column: TableColumn | undefined): Sorting | null {
  const first = column ? isMetricFormat(column.format) || column.format === "instant" : false;
  if (now?.at !== at) return { at, down: first };
  return now.down === first ? { at, down: !first } : null;
}

/** Rows for a spreadsheet: numbers stay plain numbers, tabs and line breaks in names become spaces, formulas are disarmed. */
export function toTsv(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[], context: FormatContext): string {
  const clean = (text: string) => text.replace(/[\t\r\n]+/g, " ");
  const guard = (text: string) => (/^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text);
  const cell = (value: Cell, column: TableColumn): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    if (column.format === "text") return guard(clean(String(value)));
    return guard(clean(column.format === "instant" ? String(value) : formatCell(value, column.format, context)));
  };
  const head = columns.map((column) => guard(clean(column.title))).join("\t");
  return [head, ...rows.map((row) => columns.map((column) => cell(row[column.at] ?? null, column)).join("\t"))].join("\n");
}
