import { useState } from "react";
import type { Knows } from "../tiles/request";
import { useMedia, PHONE } from "../state/useMedia";
import type { View } from "../state/useView";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import styles from "./FilterBar.module.css";
import { FilterChip, type ValueSource } from "./FilterChip";
import { FilterSheet } from "./FilterSheet";
import { RangePicker } from "./RangePicker";
import { attributeTitle } from "./words";

type Props = {
  view: View;
  /** The filters that this page offers; others may be on by a click. */
  offered: readonly string[];
  titles: ReadonlyMap<string, string>;
  dates: { from: string; to: string } | null;
  comparable: boolean;
  /** The data sets of this page, the first that has an attribute gives its values. */
  dataSets: readonly string[];
  knows: Knows;
};

/** Date range and filters in one line that wraps; on a phone the filters are a sheet. */
export function FilterBar({ view, offered, titles, dates, comparable, dataSets, knows }: Props) {
  const phone = useMedia(PHONE);
  const [sheet, setSheet] = useState(false);
  const extra = view.filters.map((filter) => filter.attribute).filter((name) => !offered.includes(name));
  const shown = [...offered, ...new Set(extra)];
  const sourceOf = (attribute: string): ValueSource => {
    const dataSet = dataSets.find((one) => knows(one, attribute)) ?? "conversations";
    const others = view.filters.filter((one) => one.attribute !== attribute && knows(dataSet, one.attribute));
    return { dataSet: dataSet === "conversations" ? undefined : dataSet, others };
  };
  const listed = (name: string) => !name.startsWith("time.");
  return (
    <div className={styles.bar}>
      <RangePicker range={view.range} dates={dates} onRange={view.setRange} />
      {phone ? (
        <button type="button" className={styles.sheetButton} onClick={() => setSheet(true)} data-on={view.filters.length > 0 || undefined}>
          <Icon name="filter" size={16} />
          Filters{view.filters.length > 0 ? ` (${view.filters.length})` : ""}
        </button>
      ) : (
        shown.map((name) => <FilterChip key={name} attribute={name} title={attributeTitle(name, titles)} view={view} source={sourceOf(name)} listed={listed(name)} />)
      )}
      {!phone && view.filters.length > 1 && (
        <Button look="quiet" onClick={() => view.setFilters([])}>
          Clear all
        </Button>
      )}
      {comparable && (
        <button
          type="button"
          className={styles.compare}
          aria-pressed={view.compare !== undefined}
          disabled={"preset" in view.range && view.range.preset === "all"}
          title="Compare with the period of the same length before"
          onClick={() => view.setCompare(view.compare === undefined)}
        >
          <span className={styles.knob} aria-hidden="true" />
          {phone ? "Compare" : "Compare with before"}
        </button>
      )}
      {sheet && <FilterSheet view={view} names={shown.filter(listed)} titles={titles} sourceOf={sourceOf} onClose={() => setSheet(false)} />}
    </div>
  );
}
