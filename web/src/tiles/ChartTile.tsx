import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { QueryAnswer, Tile } from "../api/types";
import type { Colours } from "../charts/colours";
import type { PointTarget } from "../charts/model";
import { formatMetric } from "../format/number";
import { useSession } from "../state/session";
import { useChartTheme } from "../state/theme";
import type { MenuItem } from "../ui/Menu";
import { Skeleton } from "../ui/Skeleton";
import { State } from "../ui/State";
import { ChartCanvas, type Hit } from "./ChartCanvas";
import styles from "./ChartTile.module.css";
import { Legend, Scale } from "./Legend";
import { PointBar } from "./PointBar";
import { ReportTable } from "./ReportTable";
import { TileFrame } from "./TileFrame";
import type { DrillTarget } from "./drill";
import { draw } from "./drawing";
import { reportOf } from "./request";
import { useSize } from "./useSize";

type Props = {
  tile: Tile;
  answer: QueryAnswer | undefined;
  colours: Colours;
  place: string;
  note: string | null;
  onDrill: (target: DrillTarget) => void;
  onFilter: (target: DrillTarget, add: boolean) => void;
};

const WHOLE: DrillTarget = { members: [], bucket: null, metric: null };

export function ChartTile({ tile, answer, colours, place, note, onDrill, onFilter }: Props) {
  const { context, locale } = useSession();
  const theme = useChartTheme();
  const area = useRef<HTMLDivElement>(null);
  const size = useSize(area);
  const [table, setTable] = useState(false);
  const [point, setPoint] = useState<number | null>(null);
  const report = reportOf(answer, tile);
  const drawing = useMemo(
    () => (report && !report.error && size ? draw({ tile, report, context, theme, colours, size, place }) : null),
    [tile, report, context, theme, colours, size, place],
  );
  const marked = useMemo(() => (point === null || !drawing ? null : drawing.mark(point)), [point, drawing]);
  const target: PointTarget | null = point === null || !drawing ? null : drawing.target(point, null);

  const menu: MenuItem[] = [
    { label: "Show conversations", icon: "list", act: () => onDrill(WHOLE) },
    { label: table ? "Show as chart" : "Show as table", icon: table ? "chart" : "table", act: () => setTable(!table) },
  ];

  const onHit = (hit: Hit, event: { shift: boolean; twice: boolean; touch: boolean }) => {
    if (!drawing) return;
    const at = drawing.at(hit.x, hit.y);
    const found = drawing.target(at, hit.series);
    if (!found) return;
    if (event.twice) onDrill(found);
    else if (event.touch) setPoint(at);
    else onFilter(found, event.shift);
  };

  const onKey = (event: KeyboardEvent) => {
    if (!drawing) return;
    const next = drawing.step(point, event.key);
    if (next !== null) {
      event.preventDefault();
      setPoint(next);
    } else if (event.key === "Enter" && target) {
      event.preventDefault();
      onDrill(target);
    } else if (event.key === " " && target) {
      event.preventDefault();
      onFilter(target, event.shiftKey);
    } else if (event.key === "Escape" && point !== null) {
      setPoint(null);
    }
  };

  const legend = drawing?.model && !table && (
    <Legend model={drawing.model} hasBefore={drawing.hasBefore} onPick={(series, add) => onFilter({ members: series.member ? [series.member] : [], bucket: null, metric: null }, add)} />
  );
  return (
    <TileFrame tile={tile} menu={menu} subtitle={tile.subtitle} legend={legend} note={[drawing && !table ? drawing.note : null, note].filter(Boolean).join(" ") || null}>
      <div ref={area} className={styles.area}>
        {!report ? (
          <Skeleton height="100%" />
        ) : report.error ? (
          <State small title="This chart cannot be drawn">
            <p>{report.error.message}</p>
          </State>
        ) : table ? (
          <ReportTable report={report} title={tile.title} onOpen={onDrill} onFilter={onFilter} />
        ) : drawing ? (
          <>
            {drawing.heat && <Scale colours={theme.sequential} from={formatMetric(drawing.heat.least, drawing.heat.format, locale)} to={formatMetric(drawing.heat.most, drawing.heat.format, locale)} />}
            <div className={styles.keys} tabIndex={0} data-tile-inner role="group" aria-label={`${tile.title}: arrows go from point to point, Enter shows conversations, Space filters`} onKeyDown={onKey} onBlur={(event) => {
              if (!area.current?.contains(event.relatedTarget)) setPoint(null);
            }}>
              <ChartCanvas option={drawing.option} group={drawing.group} label={drawing.label} marked={marked} onHit={onHit} className={styles.canvas} />
            </div>
            {target && point !== null && (
              <PointBar
                label={target.label}
                text={drawing.text(point)}
                canFilter={target.members.length > 0 || target.bucket !== null}
                onFilter={() => onFilter(target, false)}
                onDrill={() => onDrill(target)}
                onClose={() => setPoint(null)}
              />
            )}
          </>
        ) : size ? (
          <State small title="No conversations in this range" />
        ) : null}
      </div>
    </TileFrame>
  );
}
