import styles from "./HeadlineTile.module.css";

type Props = { points: readonly (number | null)[]; unfinished: number };

const WIDTH = 200;
const HEIGHT = 40;

/** The trend under a number: gaps stay gaps, what is not finished is dashed. It says nothing the number does not. */
export function Sparkline({ points, unfinished }: Props) {
  const known = points.filter((value): value is number => value !== null);
  if (known.length < 2) return <div className={styles.spark} aria-hidden="true" />;
  const most = Math.max(...known);
  const least = Math.min(...known);
  const span = most - least || 1;
  const x = (at: number) => (at / Math.max(1, points.length - 1)) * WIDTH;
  const y = (value: number) => HEIGHT - 3 - ((value - least) / span) * (HEIGHT - 6);
  const end = unfinished >= 0 ? unfinished : points.length;
  const solid = path(points.slice(0, end), 0, x, y);
  const tail = unfinished > 0 ? path(points.slice(unfinished - 1, unfinished + 1), unfinished - 1, x, y) : "";
  return (
    <svg className={styles.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path d={solid} className={styles.trend} />
      {tail && <path d={tail} className={styles.trend} strokeDasharray="2 3" />}
    </svg>
  );
}

function path(points: readonly (number | null)[], offset: number, x: (at: number) => number, y: (value: number) => number): string {
  let text = "";
  let pen = false;
  points.forEach((value, at) => {
    if (value === null) {
      pen = false;
      return;
    }
    text += `${pen ? "L" : "M"}${x(at + offset).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = true;
  });
  return text;
}
