// From a number to the question for its conversations: the same filters, the same metric, the bucket as the range.

import type { Cell, Filter, FilterValue, MetricUse, Range, Report, ResolvedRange, Tile } from "../api/types";
import { columnsOf, type Member } from "../charts/model";
import { isBucketFormat } from "../format/time";
import { filterTexts } from "../state/filters";
import { bucketRange, rangeText } from "../state/range";
import type { SegmentsSearch } from "../state/search";

export type DrillTarget = { members: readonly Member[]; bucket: number | null; metric: MetricUse | null };

/** Two filters on one attribute as one, where that says the same. What cannot be joined stays side by side: never wider. */
export function mergeFilters(filters: readonly Filter[]): Filter[] {
  const merged: Filter[] = [];
  for (const filter of filters) {
    const at = merged.findIndex((one) => one.attribute === filter.attribute);
    const joined = at < 0 ? null : join(merged[at], filter);
    if (joined) merged[at] = joined;
    else merged.push(filter);
  }
  return merged;
}

function join(one: Filter | undefined, other: Filter): Filter | null {
  if (!one) return null;
  const known = (op: string) => op === "in" || op === "not_in";
  if (!known(one.op) || !known(other.op)) return null;
  if (one.op === "not_in" && other.op === "not_in") return { ...one, values: [...new Set([...one.values, ...other.values])] };
  const [wanted, rule] = one.op === "in" ? [one, other] : [other, one];
  const values = wanted.values.filter((value) => rule.values.includes(value) === (rule.op === "in"));
  // An empty list would read as "no filter".
  return values.length > 0 ? { attribute: one.attribute, op: "in", values } : null;
}

function filterValue(cell: Cell): FilterValue {
  return typeof cell === "boolean" ? String(cell) : cell;
}

export function memberFilters(members: readonly Member[]): Filter[] {
  return members.map(({ attribute, value }) => ({ attribute, op: "in", values: [filterValue(value)] }));
}

type Asked = { tile: Tile; range: Range; filters: readonly Filter[]; resolved: ResolvedRange | undefined; report: Report | undefined };

export function drillSearch({ tile, range, filters, resolved, report }: Asked, target: DrillTarget): SegmentsSearch {
  const all = mergeFilters([...(tile.query.filters ?? []), ...filters, ...memberFilters(target.members)]);
  const metric = target.metric ?? tile.query.metrics[0];
  return {
    data_set: tile.query.data_set === "conversations" ? undefined : tile.query.data_set,
    metric: metric?.metric,
    seconds: metric?.seconds,
    range: rangeText((target.bucket === null ? null : rangeOfBucket(target.bucket, resolved, report)) ?? range),
    f: filterTexts(all),
  };
}

export function rangeOfBucket(bucket: number, resolved: ResolvedRange | undefined, report: Report | undefined): Range | null {
  const column = report?.columns.find((one) => isBucketFormat(one.format));
  return column && resolved ? bucketRange(report?.buckets ?? [], bucket, column.format, resolved) : null;
}

/** What one row of a table stands for. */
export function rowTarget(report: Report, row: readonly Cell[]): DrillTarget {
  const members: Member[] = [];
  let bucket: number | null = null;
  for (const { column, at } of columnsOf(report).attributes) {
    const value = row[at] ?? null;
    if (isBucketFormat(column.format)) bucket = (report.buckets ?? []).indexOf(String(value));
    else members.push({ attribute: column.name, value });
  }
  return { members, bucket: bucket !== null && bucket < 0 ? null : bucket, metric: null };
}
