import type { Segment } from "../../api/types";
import { DASH, formatDuration } from "../../format/number";
import { formatInstant, zoneName } from "../../format/time";
import { useSession } from "../../state/session";
import styles from "./Segments.module.css";

type Props = { segments: readonly Segment[]; chosen: string | null; onChoose: (id: string) => void };

/** The segments of this conversation that are in the person's rows, in order. */
export function SegmentList({ segments, chosen, onChoose }: Props) {
  const { locale, zone } = useSession();
  const ordered = [...segments].sort((one, other) => Date.parse(one.started_at) - Date.parse(other.started_at));
  return (
    <section className={styles.panel} aria-label="Segments of this conversation">
      <h2>Segments of this conversation</h2>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="Table of segments">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" title={`Time of ${zoneName(zone, locale)}`}>
                Start
              </th>
              <th scope="col">Kind</th>
              <th scope="col">Who or where</th>
              <th scope="col" data-number>
                Length
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((segment) => (
              <tr key={segment.segment_id} data-chosen={segment.segment_id === chosen || undefined} onClick={() => onChoose(segment.segment_id)}>
                <td>{formatInstant(segment.started_at, locale, zone, "time")}</td>
                <td>
                  <button type="button" aria-pressed={segment.segment_id === chosen} onClick={() => onChoose(segment.segment_id)}>
                    {segment.kind}
                  </button>
                </td>
                <td>{segment.agent_name ?? segment.queue ?? DASH}</td>
                <td data-number>{segment.ended_at ? formatDuration((Date.parse(segment.ended_at) - Date.parse(segment.started_at)) / 1000, locale) : DASH}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
