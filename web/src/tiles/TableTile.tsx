import { useState } from "react";
import type { QueryAnswer, Tile } from "../api/types";
import { useSession } from "../state/session";
import { DENSITY_TITLES, type Density, setDensity, useDensity } from "../table/density";
import { toTsv } from "../table/rows";
import type { MenuItem } from "../ui/Menu";
import { Skeleton } from "../ui/Skeleton";
import { State } from "../ui/State";
import { ReportTable, reportColumns } from "./ReportTable";
import styles from "./TableTile.module.css";
import { TileFrame } from "./TileFrame";
import type { DrillTarget } from "./drill";
import { reportOf } from "./request";

type Props = {
  tile: Tile;
  answer: QueryAnswer | undefined;
  note: string | null;
  onDrill: (target: DrillTarget) => void;
  onFilter: (target: DrillTarget, add: boolean) => void;
};

export function TableTile({ tile, answer, note, onDrill, onFilter }: Props) {
  const { context } = useSession();
  const density = useDensity();
  const [bars, setBars] = useState(false);
  const [copied, setCopied] = useState(false);
  const report = reportOf(answer, tile);
  const copy = () => {
    if (!report) return;
    const rows = report.totals ? [...report.rows, report.totals] : report.rows;
    void navigator.clipboard.writeText(toTsv(reportColumns(report), rows, context)).then(() => {
      setCopied(true);
      window.setTimeout(() => setCopied(false), 2500);
    });
  };
  const menu: MenuItem[] = [
    { label: "Show conversations", icon: "list", act: () => onDrill({ members: [], bucket: null, metric: null }) },
    { label: "Copy for a spreadsheet", icon: "copy", act: copy },
    { label: bars ? "Hide bars in cells" : "Show bars in cells", icon: "bars", act: () => setBars(!bars) },
    ...(Object.keys(DENSITY_TITLES) as Density[]).map((one): MenuItem => ({ label: DENSITY_TITLES[one], checked: one === density, act: () => setDensity(one) })),
  ];
  const notes = [report?.truncated ? `The first ${report.rows.length} rows; the total counts all.` : null, note, copied ? "Copied." : null].filter(Boolean);
  return (
    <TileFrame tile={tile} menu={menu} subtitle={tile.subtitle} note={notes.join(" ") || null}>
      {!report ? (
        <div className={styles.bones}>
          {Array.from({ length: 8 }, (_, at) => (
            <Skeleton key={at} height={16} width={`${94 - ((at * 13) % 30)}%`} />
          ))}
        </div>
      ) : report.error ? (
        <State small title="This table cannot be shown">
          <p>{report.error.message}</p>
        </State>
      ) : report.rows.length === 0 ? (
        <State small title="No conversations in this range" />
      ) : (
        <ReportTable report={report} title={tile.title} bars={bars} onOpen={onDrill} onFilter={onFilter} />
      )}
    </TileFrame>
  );
}
