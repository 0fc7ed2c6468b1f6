import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import type { Cell, ColumnFormat } from "../api/types";
import { type FormatContext, formatCell, valueName } from "../format/cell";
import { DASH, asNumber, isMetricFormat } from "../format/number";
import { formatInstant } from "../format/time";
import { Icon } from "../ui/Icon";
import styles from "./DataTable.module.css";
import { ROW_HEIGHTS, type Density } from "./density";

export type TableColumn = { at: number; name: string; title: string; format: ColumnFormat; filters: boolean };
export type Sorting = { at: number; down: boolean };

type Props = {
  label: string;
  columns: readonly TableColumn[];
  rows: readonly (readonly Cell[])[];
  totals?: readonly Cell[] | null;
  sorting: Sorting | null;
  onSort: (at: number) => void;
  /** Enter, double click, or the button at the end of a row. */
  onOpen?: (row: number) => void;
  openLabel?: string;
  /** One click opens: for lists, whose rows are things. */
  opensByClick?: boolean;
  onFilter?: (row: number, column: TableColumn, add: boolean) => void;
  context: FormatContext;
  density: Density;
  bars?: boolean;
  end?: ReactNode;
  onNearEnd?: () => void;
};

/** Thousands of rows without pages: sticky head and first column, totals pinned, every row reachable by keyboard. */
export function DataTable(props: Props) {
  const { columns, rows, totals, context, density, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const height = ROW_HEIGHTS[density];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last && last.index >= rows.length - 20) props.onNearEnd?.();
    },
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = items.length > 0 ? virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0) : 0;
  const most = new Map(columns.filter((column) => isMetricFormat(column.format)).map((column) => [column.at, Math.max(0, ...rows.map((row) => asNumber(row[column.at]) ?? 0))]));
  const width = columns.length + (onOpen ? 1 : 0);

  const onKey = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const step: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -rows.length, End: rows.length };
    const by = step[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, focused + by));
      setFocused(next);
      virtual.scrollToIndex(next);
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[data-row="${next}"]`)?.focus());
      return;
    }
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const row = Number(event.target.dataset["row"]);
    if (event.key === "Enter" && onOpen) {
      event.preventDefault();
      onOpen(row);
    } else if (event.key === " " && props.onFilter) {
      const column = columns.find((one) => one.filters);
      if (!column) return;
      event.preventDefault();
      props.onFilter(row, column, event.shiftKey);
    }
  };

  return (
    <div ref={scroller} className={styles.scroller} data-tile-scroller>
      <table className={styles.table} aria-label={props.label} aria-rowcount={rows.length + 1 + (totals ? 1 : 0)} style={{ ["--row" as string]: `${height}px` }}>
        <thead>
          <tr>
            {columns.map((column) => {
              const on = props.sorting?.at === column.at ? props.sorting : null;
              return (
                <th key={column.name} scope="col" data-number={isMetricFormat(column.format) || undefined} aria-sort={on ? (on.down ? "descending" : "ascending") : undefined}>
                  <button type="button" onClick={() => props.onSort(column.at)} title={`Sort by ${column.title}`}>
                    <span>{column.title}</span>
                    <span className={styles.arrow} aria-hidden="true">
                      {on ? (on.down ? "↓" : "↑") : ""}
                    </span>
                  </button>
                </th>
              );
            })}
            {onOpen && (
              <th className={styles.opener}>
                <span className="quiet">Open</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody onKeyDown={onKey}>
          {before > 0 && <tr aria-hidden="true" style={{ height: before }}><td colSpan={width} className={styles.gap} /></tr>}
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <tr
                key={item.index}
                data-row={item.index}
                data-tile-inner={item.index === focused || undefined}
                aria-rowindex={item.index + 2}
                tabIndex={item.index === Math.min(focused, rows.length - 1) ? 0 : -1}
                className={props.opensByClick ? styles.clickable : undefined}
                onFocus={() => setFocused(item.index)}
                onDoubleClick={props.opensByClick ? undefined : () => onOpen?.(item.index)}
                onClick={props.opensByClick ? () => onOpen?.(item.index) : undefined}
              >
                {columns.map((column, order) => (
                  <DataCell key={column.name} column={column} cell={row[column.at] ?? null} first={order === 0} context={context} most={props.bars ? (most.get(column.at) ?? 0) : 0} onFilter={props.onFilter && column.filters ? (add) => props.onFilter?.(item.index, column, add) : undefined} />
                ))}
                {onOpen && (
                  <td className={styles.opener}>
                    <button
                      type="button"
                      tabIndex={-1}
                      aria-label={props.openLabel ?? "Show conversations"}
                      title={props.openLabel ?? "Show conversations"}
                      onClick={(event) => {
                        event.stopPropagation();
                        onOpen(item.index);
                      }}
                    >
                      <Icon name={props.opensByClick ? "right" : "list"} size={16} />
                    </button>
                  </td>
                )}
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden="true" style={{ height: after }}><td colSpan={width} className={styles.gap} /></tr>}
        </tbody>
        {totals && (
          <tfoot>
            <tr>
              {columns.map((column, order) => (
                <td key={column.name} data-number={isMetricFormat(column.format) || undefined}>
                  {isMetricFormat(column.format) ? formatCell(totals[column.at] ?? null, column.format, context) : order === 0 ? "Total" : ""}
                </td>
              ))}
              {onOpen && <td />}
            </tr>
          </tfoot>
        )}
      </table>
      {props.end}
    </div>
  );
}

type CellProps = { column: TableColumn; cell: Cell; first: boolean; context: FormatContext; most: number; onFilter?: (add: boolean) => void };

function DataCell({ column, cell, first, context, most, onFilter }: CellProps) {
  const number = isMetricFormat(column.format);
  const value = asNumber(cell);
  const text = onFilter ? valueName(cell, column.format, context) : formatCell(cell, column.format, context);
  const title = column.format === "instant" && cell !== null ? formatInstant(String(cell), context.locale, context.zone, "full") : undefined;
  const content = onFilter ? (
    <button type="button" tabIndex={-1} className={styles.filter} title={`Filter by ${text}`} onClick={(event) => onFilter(event.shiftKey)}>
      {text}
    </button>
  ) : (
    text
  );
  const bar = most > 0 && value !== null ? <span className={styles.bar} style={{ width: `${Math.max(0, (value / most) * 100)}%` }} /> : null;
  const Tag = first ? "th" : "td";
  return (
    <Tag scope={first ? "row" : undefined} data-number={number || undefined} data-null={text === DASH || undefined} title={title}>
      {bar}
      {content}
    </Tag>
  );
}
