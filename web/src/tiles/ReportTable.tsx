import { useMemo, useState } from "react";
import type { Report } from "../api/types";
import { useSession } from "../state/session";
import { DataTable, type Sorting, type TableColumn } from "../table/DataTable";
import { useDensity } from "../table/density";
import { nextSorting, sortedOrder } from "../table/rows";
import { type DrillTarget, rowTarget } from "./drill";

type Props = {
  report: Report;
  title: string;
  bars?: boolean;
  onOpen: (target: DrillTarget) => void;
  onFilter: (target: DrillTarget, add: boolean) => void;
};

export function reportColumns(report: Report): TableColumn[] {
  return report.columns.map((column, at) => ({ at, name: column.name, title: column.title, format: column.format, filters: column.role === "attribute" || column.format === "weekday" || column.format === "hour_of_day" }));
}

/** The rows of a report as they are. */
export function ReportTable({ report, title, bars, onOpen, onFilter }: Props) {
  const { context, locale } = useSession();
  const density = useDensity();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const columns = useMemo(() => reportColumns(report), [report]);
  const order = useMemo(() => sortedOrder(report.rows, sorting, locale), [report, sorting, locale]);
  const rows = useMemo(() => order.map((at) => report.rows[at] ?? []), [order, report]);
  return (
    <DataTable
      label={title}
      columns={columns}
      rows={rows}
      totals={report.totals}
      sorting={sorting}
      onSort={(at) => setSorting(nextSorting(sorting, at, columns.find((column) => column.at === at)))}
      onOpen={(row) => onOpen(rowTarget(report, rows[row] ?? []))}
      onFilter={(row, column, add) => onFilter({ members: [{ attribute: column.name, value: rows[row]?.[column.at] ?? null }], bucket: null, metric: null }, add)}
      context={context}
      density={density}
      bars={bars}
    />
  );
}
