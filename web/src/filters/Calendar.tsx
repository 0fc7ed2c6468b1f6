import { type KeyboardEvent, useRef, useState } from "react";
import { addDays, formatDate, weekdayName } from "../format/time";
import { IconButton } from "../ui/Button";
import styles from "./Calendar.module.css";

type Props = { from: string; to: string; today: string; locale: string; onPick: (from: string, to: string) => void };

/** One month of days. The first click starts a range, the second ends it. */
export function Calendar({ from, to, today, locale, onPick }: Props) {
  const [month, setMonth] = useState(to.slice(0, 7));
  const [started, setStarted] = useState<string | null>(null);
  const [focus, setFocus] = useState(to);
  const grid = useRef<HTMLDivElement>(null);
  const days = monthDays(month);
  const title = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));

  const pick = (day: string) => {
    if (started === null) {
      setStarted(day);
      onPick(day, day);
    } else {
      onPick(started < day ? started : day, started < day ? day : started);
      setStarted(null);
    }
  };
  const turn = (step: number) => {
    const [year = 2000, number = 1] = month.split("-").map(Number);
    setMonth(new Date(Date.UTC(year, number - 1 + step, 1)).toISOString().slice(0, 7));
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const next = addDays(focus, step);
    setFocus(next);
    setMonth(next.slice(0, 7));
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus());
  };
  const reachable = days.includes(focus) && focus.startsWith(month) ? focus : `${month}-01`;

  return (
    <div className={styles.calendar}>
      <div className={styles.head}>
        <IconButton icon="left" label="Month before" onClick={() => turn(-1)} />
        <span aria-live="polite">{title}</span>
        <IconButton icon="right" label="Month after" onClick={() => turn(1)} />
      </div>
      <div ref={grid} className={styles.grid} role="group" aria-label={title} onKeyDown={onKey}>
        {[1, 2, 3, 4, 5, 6, 7].map((day) => (
          <span key={day} className={styles.name} aria-hidden="true">
            {weekdayName(day, locale).slice(0, 2)}
          </span>
        ))}
        {days.map((day) => (
          <button
            key={day}
            type="button"
            data-day={day}
            tabIndex={day === reachable ? 0 : -1}
            className={styles.day}
            data-other={!day.startsWith(month) || undefined}
            data-in={(day >= from && day <= to) || undefined}
            data-edge={day === from || day === to || undefined}
            data-today={day === today || undefined}
            aria-label={formatDate(day, locale)}
            aria-pressed={day >= from && day <= to}
            onFocus={() => setFocus(day)}
            onClick={() => pick(day)}
          >
            {Number(day.slice(8))}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Six weeks from the Monday on or before the first. */
function monthDays(month: string): string[] {
  const first = `${month}-01`;
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  const start = addDays(first, -weekday);
  return Array.from({ length: 42 }, (_, at) => addDays(start, at));
}
