import { type CSSProperties, type KeyboardEvent, useMemo } from "react";
import type { Conversation } from "../../api/types";
import { formatDuration } from "../../format/number";
import { formatInstant } from "../../format/time";
import { useSession } from "../../state/session";
import { useNow } from "../../state/useNow";
import styles from "./ConversationTimeline.module.css";
import { type Bar, PHASE_TITLES, type PhaseKind, timeline } from "./timeline";

type Props = { conversation: Conversation; chosen: string | null; onChoose: (id: string) => void };

/** One time axis, a lane for each queue and agent, the phases of each segment as shades. */
export function ConversationTimeline({ conversation, chosen, onChoose }: Props) {
  const { locale, zone } = useSession();
  const now = useNow(15_000);
  const open = conversation.segments.some((segment) => segment.ended_at === null);
  const made = useMemo(() => timeline(conversation.segments, open ? now : 0), [conversation, open, now]);
  if (!made) return null;
  const span = made.end - made.start;
  const left = (at: number) => `${((at - made.start) / span) * 100}%`;
  const width = (from: number, to: number) => `${Math.max(0, ((to - from) / span) * 100)}%`;
  const kinds = [...new Set(made.lanes.flatMap((lane) => lane.bars.flatMap((bar) => bar.phases.map((phase) => phase.kind))))];

  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const order = made.lanes.flatMap((lane) => lane.bars).sort((one, other) => one.start - other.start);
    const at = order.findIndex((bar) => bar.segment.segment_id === chosen);
    const next = order[Math.max(0, Math.min(order.length - 1, at + step))];
    if (!next) return;
    onChoose(next.segment.segment_id);
    event.currentTarget.querySelector<HTMLElement>(`[data-segment="${CSS.escape(next.segment.segment_id)}"]`)?.focus();
  };

  return (
    <section className={styles.panel} aria-label="Timeline">
      <header className={styles.head}>
        <h2>Timeline</h2>
        <ul className={styles.legend} aria-label="Shades">
          {kinds.map((kind) => (
            <li key={kind}>
              <i data-phase={kind} /> {PHASE_TITLES[kind]}
            </li>
          ))}
        </ul>
      </header>
      <div className={styles.lanes} onKeyDown={onKey}>
        {made.lanes.map((lane) => (
          <div key={`${lane.role}:${lane.name}`} className={styles.lane}>
            <p className={styles.name}>
              <span>{lane.name}</span>
              <small>{lane.role === "queue" ? "Queue" : lane.role === "agent" ? "Agent" : ""}</small>
            </p>
            <div className={styles.track}>
              {made.ticks.map((tick) => (
                <i key={tick} className={styles.line} style={{ left: left(made.start + tick * 1000) }} />
              ))}
              {lane.bars.map((bar) => (
                <button
                  key={bar.segment.segment_id}
                  type="button"
                  data-segment={bar.segment.segment_id}
                  className={styles.bar}
                  data-open={bar.open || undefined}
                  aria-pressed={bar.segment.segment_id === chosen}
                  aria-label={barWords(bar, locale, (at) => formatInstant(new Date(at).toISOString(), locale, zone, "time"))}
                  title={barWords(bar, locale, (at) => formatInstant(new Date(at).toISOString(), locale, zone, "time"))}
                  style={{ left: left(bar.start), width: width(bar.start, bar.end) }}
                  onClick={() => onChoose(bar.segment.segment_id)}
                >
                  {bar.phases.map((phase) => (
                    <i key={phase.start} data-phase={phase.kind} style={{ width: share(phase.start, phase.end, bar) }} />
                  ))}
                </button>
              ))}
            </div>
          </div>
        ))}
        <div className={styles.axis} aria-hidden="true">
          <div className={styles.track}>
            {made.ticks.map((tick) => (
              <span key={tick} style={{ left: left(made.start + tick * 1000) } satisfies CSSProperties} title={formatInstant(new Date(made.start + tick * 1000).toISOString(), locale, zone, "full")}>
                {formatDuration(tick, locale)}
              </span>
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}

function share(from: number, to: number, bar: Bar): string {
  return `${((to - from) / Math.max(1, bar.end - bar.start)) * 100}%`;
}

function barWords(bar: Bar, locale: string, time: (at: number) => string): string {
  const phases = bar.phases.map((phase: { kind: PhaseKind; start: number; end: number }) => `${PHASE_TITLES[phase.kind].toLowerCase()} ${formatDuration((phase.end - phase.start) / 1000, locale)}`);
  return `${bar.segment.kind}, ${time(bar.start)} to ${bar.open ? "now" : time(bar.end)}: ${phases.join(", ")}`;
}
