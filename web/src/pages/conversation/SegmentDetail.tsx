import type { Segment } from "../../api/types";
import { DASH, formatDuration } from "../../format/number";
import { formatInstant } from "../../format/time";
import { useSession } from "../../state/session";
import styles from "./Segments.module.css";
import { factTitle } from "./facts";

/** Everything known of the chosen segment. */
export function SegmentDetail({ segment }: { segment: Segment }) {
  const { locale, zone } = useSession();
  const rows: [string, string | null][] = [
    ["Started", formatInstant(segment.started_at, locale, zone, "full")],
    ["Ended", segment.ended_at ? formatInstant(segment.ended_at, locale, zone, "full") : "Not finished"],
    ["Agent", segment.agent_name],
    ["Team", segment.handling_team_name],
    ["Queue", segment.queue],
    ["Channel", segment.channel],
    ["Direction", segment.direction],
    ["Outcome", segment.outcome],
    ["Abandoned", segment.abandoned],
  ];
  const known = new Set(rows.filter(([, value]) => value !== null).map(([name]) => name));
  const others = segment.attributes.filter((one) => one.value !== null && one.value !== "" && !known.has(one.title));
  const facts = Object.entries(segment.facts).filter((entry): entry is [string, number] => entry[1] !== null);
  return (
    <section className={styles.panel} aria-label="Chosen segment">
      <h2>{segment.kind}</h2>
      {facts.length > 0 && (
        <dl className={styles.numbers}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{factTitle(name)}</dt>
              <dd>{/_time$/.test(name) ? formatDuration(value, locale) : value.toLocaleString(locale)}</dd>
            </div>
          ))}
        </dl>
      )}
      <dl className={styles.pairs}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-null={value === null || undefined}>{value ?? DASH}</dd>
          </div>
        ))}
        {others.map((one) => (
          <div key={one.name}>
            <dt>{one.title}</dt>
            <dd>{String(one.value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
