import { useRef, useState } from "react";
import { PRESETS, type Range } from "../api/types";
import { addDays, localDate, zoneName } from "../format/time";
import { PRESET_TITLES, rangeTitle } from "../state/range";
import { useSession } from "../state/session";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Popover } from "../ui/Popover";
import { Calendar } from "./Calendar";
import styles from "./RangePicker.module.css";

type Props = { range: Range; /** The dates the server made of it, for the calendar and the hover. */ dates: { from: string; to: string } | null; onRange: (range: Range) => void };

export function RangePicker({ range, dates, onRange }: Props) {
  const { locale, zone } = useSession();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const title = rangeTitle(range, locale, zone);
  return (
    <>
      <button ref={anchor} type="button" className={styles.button} aria-haspopup="dialog" aria-expanded={open} title={`Days of ${zoneName(zone, locale)}`} onClick={() => setOpen(!open)}>
        <Icon name="calendar" size={16} />
        <span className="quiet">Date range: </span>
        <span className={styles.title}>{title}</span>
        <Icon name="down" size={14} />
      </button>
      {open && (
        <Popover anchor={anchor} label="Date range" onClose={() => setOpen(false)}>
          <Choices
            range={range}
            dates={dates}
            onRange={(next) => {
              setOpen(false);
              onRange(next);
            }}
          />
        </Popover>
      )}
    </>
  );
}

function Choices({ range, dates, onRange }: Props) {
  const { zone, locale } = useSession();
  const today = localDate(new Date(), zone);
  const [from, setFrom] = useState(dates?.from ?? addDays(today, -29));
  const [to, setTo] = useState(dates?.to ?? today);
  const preset = "preset" in range ? range.preset : null;
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(from) && /^\d{4}-\d{2}-\d{2}$/.test(to) && from <= to;
  return (
    <div className={styles.choices}>
      <ul className={styles.presets} aria-label="Ready ranges">
        {PRESETS.map((one) => (
          <li key={one}>
            <button type="button" className={styles.preset} aria-pressed={one === preset} data-autofocus={one === preset || undefined} onClick={() => onRange({ preset: one })}>
              {PRESET_TITLES[one]}
            </button>
          </li>
        ))}
      </ul>
      <form
        className={styles.free}
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) onRange({ from, to });
        }}
      >
        <Calendar
          from={from}
          to={to}
          today={today}
          locale={locale}
          onPick={(start, end) => {
            setFrom(start);
            setTo(end);
          }}
        />
        <div className={styles.fields}>
          <label>
            From
            <input type="date" value={from} max={to} onChange={(event) => setFrom(event.target.value)} required />
          </label>
          <label>
            To
            <input type="date" value={to} min={from} onChange={(event) => setTo(event.target.value)} required />
          </label>
        </div>
        <Button look="main" type="submit" disabled={!valid}>
          Show these days
        </Button>
      </form>
    </div>
  );
}
