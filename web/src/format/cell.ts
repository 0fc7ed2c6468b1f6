// One cell of an answer as text, whatever its column is.

import type { Cell, ColumnFormat } from "../api/types";
import { DASH, asNumber, formatMetric, isMetricFormat } from "./number";
import { formatBucket, formatInstant, hourName, isBucketFormat, weekdayName } from "./time";

export type FormatContext = { locale: string; zone: string };

export const NO_VALUE = "No value";

export function formatCell(cell: Cell | undefined, format: ColumnFormat, context: FormatContext): string {
  if (cell === null || cell === undefined || cell === "") return DASH;
  if (isMetricFormat(format)) {
    const number = asNumber(cell);
    return number === null ? String(cell) : formatMetric(number, format, context.locale);
  }
  if (isBucketFormat(format)) return formatBucket(String(cell), format, context.locale, context.zone, true);
  if (format === "instant") return formatInstant(String(cell), context.locale, context.zone);
  if (format === "hour_of_day") return hourName(Number(cell));
  if (format === "weekday") return weekdayName(Number(cell), context.locale, true);
  return String(cell);
}

/** A value of an attribute as a name in legends, chips and lists. */
export function valueName(value: Cell | undefined, format: ColumnFormat, context: FormatContext): string {
  if (value === null || value === undefined || value === "") return NO_VALUE;
  if (format === "text") return String(value);
  return formatCell(value, format, context);
}
