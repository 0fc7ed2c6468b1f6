import { useCallback, useMemo } from "react";
import type { Compare, Filter, FilterOp, FilterValue, Range } from "../api/types";
import { filterTexts, parseFilters, toggleValue, withFilter } from "./filters";
import { parseRange, rangeText } from "./range";
import type { ViewSearch } from "./search";

export type View = {
  range: Range;
  compare: Compare | undefined;
  filters: Filter[];
  setRange: (range: Range | null) => void;
  setCompare: (on: boolean) => void;
  setFilter: (attribute: string, op: FilterOp, values: readonly FilterValue[]) => void;
  setFilters: (filters: Filter[]) => void;
  toggle: (attribute: string, value: FilterValue, add: boolean) => void;
  toggleAll: (members: readonly { attribute: string; value: FilterValue }[], add: boolean) => void;
};

/** What the address says about range, comparison and filters, and the ways to change it. */
export function useView(search: ViewSearch, defaultRange: Range, change: (patch: ViewSearch) => void): View {
  const { range: rangeSearch, compare, f } = search;
  const filterKey = f?.join("\n") ?? "";
  const defaultKey = rangeText(defaultRange);
  const range = useMemo(() => parseRange(rangeSearch) ?? parseRange(defaultKey) ?? ({ preset: "last_30_days" } as const), [rangeSearch, defaultKey]);
  const filters = useMemo(() => parseFilters(filterKey === "" ? [] : filterKey.split("\n")), [filterKey]);

  const setRange = useCallback((next: Range | null) => change({ range: next ? rangeText(next) : undefined }), [change]);
  const setCompare = useCallback((on: boolean) => change({ compare: on ? undefined : "off" }), [change]);
  const setFilters = useCallback((next: Filter[]) => change({ f: filterTexts(next) }), [change]);
  const setFilter = useCallback<View["setFilter"]>((attribute, op, values) => setFilters(withFilter(filters, attribute, op, values)), [filters, setFilters]);
  const toggle = useCallback<View["toggle"]>((attribute, value, add) => setFilters(toggleValue(filters, attribute, value, add)), [filters, setFilters]);
  const toggleAll = useCallback<View["toggleAll"]>(
    (members, add) => setFilters(members.reduce((all, { attribute, value }) => toggleValue(all, attribute, value, add), filters)),
    [filters, setFilters],
  );

  return {
    range,
    compare: compare === "off" || ("preset" in range && range.preset === "all") ? undefined : "previous_period",
    filters,
    setRange,
    setCompare,
    setFilter,
    setFilters,
    toggle,
    toggleAll,
  };
}
