import type { ChartModel, Series } from "../charts/model";
import styles from "./Legend.module.css";

type Props = { model: ChartModel; hasBefore: boolean; onPick: (series: Series, add: boolean) => void };

/** Names of the series; one that stands for a value filters by it. */
export function Legend({ model, hasBefore, onPick }: Props) {
  if (model.series.length < 2 && !hasBefore) return null;
  return (
    <ul className={styles.legend} aria-label="Series">
      {(model.series.length > 1 ? model.series : []).map((series) => (
        <li key={series.name}>
          {series.member ? (
            <button type="button" className={styles.entry} title={`Filter by ${series.name}`} onClick={(event) => onPick(series, event.shiftKey)}>
              <i style={{ background: series.colour }} />
              {series.name}
            </button>
          ) : (
            <span className={styles.entry}>
              <i style={{ background: series.colour }} />
              {series.name}
            </span>
          )}
        </li>
      ))}
      {hasBefore && (
        <li>
          <span className={styles.entry}>
            <i className={styles.before} />
            Period before
          </span>
        </li>
      )}
      {model.hidden > 0 && (
        <li>
          <span className={styles.entry}>and {model.hidden} more in the table</span>
        </li>
      )}
    </ul>
  );
}

/** The shades of a heatmap, from least to most. */
export function Scale({ colours, from, to }: { colours: readonly string[]; from: string; to: string }) {
  return (
    <p className={styles.scale} aria-hidden="true">
      <span>{from}</span>
      <span className={styles.ramp}>
        {colours.map((colour) => (
          <i key={colour} style={{ background: colour }} />
        ))}
      </span>
      <span>{to}</span>
    </p>
  );
}
