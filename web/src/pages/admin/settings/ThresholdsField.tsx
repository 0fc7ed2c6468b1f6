import { Button, IconButton } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import type { Threshold } from "./draft";
import styles from "./Settings.module.css";

type Props = { rows: readonly Threshold[]; onRows: (rows: Threshold[]) => void; queues: readonly string[]; channels: readonly string[]; error: string | null };

/** Other thresholds for a queue or a channel. The first that fits wins, so their order can be changed. */
export function ThresholdsField({ rows, onRows, queues, channels, error }: Props) {
  const put = (at: number, patch: Partial<Threshold>) => onRows(rows.map((row, place) => (place === at ? { ...row, ...patch } : row)));
  const swap = (at: number) => onRows(rows.map((row, place) => (place === at ? (rows[at - 1] ?? row) : place === at - 1 ? (rows[at] ?? row) : row)));
  return (
    <fieldset className={styles.thresholds}>
      <legend>Other thresholds for a queue or a channel</legend>
      {rows.length === 0 ? <p className={styles.hint}>None: the threshold above holds everywhere.</p> : <p className={styles.hint}>The first that fits wins. An empty field fits any.</p>}
      {rows.map((row, at) => (
        <div key={at} className={styles.threshold}>
          <TextField label="Queue" value={row.queue} onText={(queue) => put(at, { queue })} list="queues" placeholder="Any" autoComplete="off" />
          <TextField label="Channel" value={row.channel} onText={(channel) => put(at, { channel })} list="channels" placeholder="Any" autoComplete="off" />
          <TextField label="Within seconds" value={row.seconds} onText={(seconds) => put(at, { seconds })} inputMode="numeric" autoComplete="off" />
          <span className={styles.order}>
            <IconButton icon="up" label={`Move threshold ${at + 1} up`} disabled={at === 0} onClick={() => swap(at)} />
            <IconButton icon="close" label={`Remove threshold ${at + 1}`} onClick={() => onRows(rows.filter((_, place) => place !== at))} />
          </span>
        </div>
      ))}
      <Suggested id="queues" values={queues} />
      <Suggested id="channels" values={channels} />
      {error && (
        <p className={styles.error} role="alert">
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
      <div>
        <Button icon="plus" onClick={() => onRows([...rows, { queue: "", channel: "", seconds: "20" }])}>
          Add a threshold
        </Button>
      </div>
    </fieldset>
  );
}

function Suggested({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
