import type { MetricFormat, QueryAnswer, Tile } from "../api/types";
import { columnsOf, comparable } from "../charts/model";
import { asNumber, difference, formatMetric, isMetricFormat } from "../format/number";
import { useSession } from "../state/session";
import type { MenuItem } from "../ui/Menu";
import { Skeleton } from "../ui/Skeleton";
import { State } from "../ui/State";
import styles from "./HeadlineTile.module.css";
import { Sparkline } from "./Sparkline";
import { TileFrame } from "./TileFrame";
import { hasEarlier, hasNumbers, reportOf, trendOf } from "./request";

type Props = { tile: Tile; answer: QueryAnswer | undefined; onDrill: () => void; note: string | null };

const ARROWS = { up: "▲", down: "▼", same: "=" } as const;

export function HeadlineTile({ tile, answer, onDrill, note }: Props) {
  const report = reportOf(answer, tile);
  const menu: MenuItem[] = [{ label: "Show conversations", icon: "list", act: onDrill }];
  return (
    <TileFrame tile={tile} menu={menu} note={note} compact>
      {!report ? (
        <div className={styles.loading}>
          <Skeleton width="55%" height={34} />
          <Skeleton width="70%" height={14} />
          <Skeleton height={30} />
        </div>
      ) : report.error ? (
        <State small title="No number">
          <p>{report.error.message}</p>
        </State>
      ) : (
        <Headline tile={tile} answer={answer} onDrill={onDrill} />
      )}
    </TileFrame>
  );
}

/** A good part of the range lies ahead. */
function stillGoing(answer: QueryAnswer | undefined): boolean {
  if (!answer) return false;
  const from = Date.parse(answer.range.from_instant);
  const to = Date.parse(answer.range.to_instant);
  return (to - Date.parse(answer.freshness.as_of)) / (to - from) > 0.05;
}

function Headline({ tile, answer, onDrill }: Omit<Props, "note">) {
  const { locale } = useSession();
  const report = reportOf(answer, tile);
  const metric = report ? columnsOf(report).metrics[0] : undefined;
  if (!report || !metric) return null;
  const format: MetricFormat = isMetricFormat(metric.column.format) ? metric.column.format : "number";
  const now = asNumber(report.totals?.[metric.at] ?? report.rows[0]?.[metric.at]);
  const previous = hasEarlier(answer) ? comparable(report) : null;
  const isInPart = report.previous !== null && report.previous !== undefined && !report.previous.whole && hasNumbers(report.columns, report.previous.rows);
  const before = previous ? asNumber(previous.totals?.[metric.at] ?? previous.rows[0]?.[metric.at]) : null;
  const found = difference(now, before, format, metric.column.good ?? "neither", locale);
  // A count of a day that is still going on is no worse than one of a whole day.
  const change = found && format === "count" && stillGoing(answer) ? { ...found, verdict: "neutral" as const, word: "so far" } : found;
  const text = formatMetric(now, format, locale);
  const trend = trendOf(answer, tile);
  const trendMetric = trend ? columnsOf(trend).metrics[0] : undefined;
  const buckets = trend?.buckets ?? [];
  const byBucket = new Map((trend?.rows ?? []).map((row) => [row[0], trendMetric ? asNumber(row[trendMetric.at]) : null]));
  const points = buckets.map((bucket) => byBucket.get(bucket) ?? null);
  const beforeText = before === null ? null : formatMetric(before, format, locale);
  return (
    <div className={styles.headline}>
      <button type="button" className={styles.number} data-tile-inner data-null={now === null || undefined} onClick={onDrill} aria-label={`${tile.title}: ${text}. Show conversations`} title="Show conversations">
        {text}
      </button>
      {report.previous ? (
        change ? (
          <p className={styles.change} title={`${beforeText} in the period before`}>
            <span data-verdict={change.verdict}>
              <span aria-hidden="true">{ARROWS[change.direction]} </span>
              {change.text} {change.word}
            </span>
            <span className={styles.before}> from {beforeText}</span>
          </p>
        ) : isInPart ? (
          <p className={styles.change} title="Your rows begin inside the period before, so its numbers can't be compared with.">
            no full period before
          </p>
        ) : (
          <p className={styles.change}>nothing to compare with</p>
        )
      ) : (
        <p className={styles.change}>&nbsp;</p>
      )}
      <Sparkline points={points} unfinished={trend?.unfinished_bucket ? buckets.indexOf(trend.unfinished_bucket) : -1} />
    </div>
  );
}
