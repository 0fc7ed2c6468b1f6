import { ago, formatInstant, zoneName } from "../../format/time";
import { DASH } from "../../format/number";
import { useSession } from "../../state/session";
import { useNow } from "../../state/useNow";

/** An instant as "3 min ago" or as a date, with the whole of it and the zone's name on hover. */
export function When({ at, none = DASH, past = true }: { at: string | null; none?: string; past?: boolean }) {
  const { locale, zone } = useSession();
  const now = useNow(30_000);
  if (!at) return <span>{none}</span>;
  const since = now - Date.parse(at);
  const words = past && since >= 0 && since < 86_400_000 ? ago(since) : formatInstant(at, locale, zone, "date");
  return (
    <time dateTime={at} title={`${formatInstant(at, locale, zone, "full")} (${zoneName(zone, locale)})`}>
      {words}
    </time>
  );
}
