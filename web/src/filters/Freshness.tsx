import { formatInstant, ago, zoneName } from "../format/time";
import type { Freshness as Fresh } from "../api/types";
import { useSession } from "../state/session";
import { useNow } from "../state/useNow";
import { IconButton } from "../ui/Button";
import styles from "./Freshness.module.css";

type Props = { at: number; fresh: Fresh | undefined; stale: boolean; busy: boolean; onRefresh: () => void };

/** How old the numbers are, by this browser's clock since the answer came; the newest event is on hover. */
export function Freshness({ at, fresh, stale, busy, onRefresh }: Props) {
  const { locale, zone } = useSession();
  const now = useNow(1000);
  const newest = fresh?.newest_event_at ? `Newest event ${formatInstant(fresh.newest_event_at, locale, zone, "full")}. ` : "";
  return (
    <span className={styles.fresh} data-stale={stale || undefined}>
      <span className={styles.text} title={`${newest}Times are of ${zoneName(zone, locale)}.`}>
        {stale ? "Old: " : ""}
        {at > 0 ? ago(now - at) : "…"}
      </span>
      <IconButton icon="refresh" label="Refresh now" onClick={onRefresh} aria-busy={busy} />
    </span>
  );
}
