import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { valuesQuery } from "../api/queries";
import type { Filter, FilterValue, Range } from "../api/types";
import { NO_VALUE } from "../format/cell";
import { formatCount } from "../format/number";
import { useSession } from "../state/session";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Skeleton } from "../ui/Skeleton";
import { ErrorState } from "../ui/State";
import styles from "./ValuePicker.module.css";

export type Choice = { op: "in" | "not_in"; values: FilterValue[] };

type Props = {
  attribute: string;
  title: string;
  /** Where to look for values; conversations when it is not said. */
  dataSet: string | undefined;
  range: Range;
  /** The other filters: the list has only values that occur with them. */
  others: Filter[];
  choice: Choice;
  onChoice: (choice: Choice) => void;
  onDone: (choice: Choice) => void;
};

const SHOWN = 50;

export function ValuePicker({ attribute, title, dataSet, range, others, choice, onChoice, onDone }: Props) {
  const { locale } = useSession();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  const { data, error, isPending, refetch } = useQuery(valuesQuery({ attribute, data_set: dataSet, search: wanted || undefined, range, filters: others, limit: SHOWN }));
  const found = data?.values ?? [];
  // What is chosen stays in sight even where nothing of it occurs now.
  const missing = wanted ? [] : choice.values.filter((value) => !found.some((one) => one.value === value));
  const rows = [...found.map(({ value, count }) => ({ value: value as FilterValue, count: count as number | null })), ...(data ? missing.map((value) => ({ value, count: null })) : [])];
  const most = Math.max(1, ...found.map((one) => one.count));
  const has = (value: FilterValue) => choice.values.includes(value);
  const flip = (value: FilterValue) => onChoice({ ...choice, values: has(value) ? choice.values.filter((one) => one !== value) : [...choice.values, value] });

  return (
    <div className={styles.picker}>
      <div className={styles.search}>
        <Icon name="search" size={16} />
        <input
          data-autofocus
          type="search"
          aria-label={`Search ${title}`}
          placeholder={`Search ${title.toLowerCase()}`}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") onDone(choice);
          }}
        />
      </div>
      <div className={styles.mode} role="radiogroup" aria-label="How to filter">
        {(["in", "not_in"] as const).map((op) => (
          <button key={op} type="button" role="radio" aria-checked={choice.op === op} onClick={() => onChoice({ ...choice, op })}>
            {op === "in" ? "Only these" : "All but these"}
          </button>
        ))}
      </div>
      <ul className={styles.list} aria-busy={isPending}>
        {isPending && Array.from({ length: 6 }, (_, at) => <li key={at} className={styles.bone}><Skeleton height={16} width={`${80 - at * 8}%`} /></li>)}
        {rows.map(({ value, count }) => (
          <li key={value === null ? "\u0000" : String(value)} className={styles.row}>
            <label>
              <input type="checkbox" checked={has(value)} onChange={() => flip(value)} />
              <span className={styles.name} data-none={value === null || undefined}>
                {value === null ? NO_VALUE : String(value)}
              </span>
              <span className={styles.count}>{count === null ? "–" : formatCount(count, locale)}</span>
              {count !== null && <span className={styles.share} style={{ width: `${(count / most) * 100}%` }} />}
            </label>
            <button type="button" className={styles.only} aria-label={`Only ${value === null ? NO_VALUE : String(value)}`} onClick={() => onDone({ op: "in", values: [value] })}>
              only
            </button>
          </li>
        ))}
      </ul>
      {error && !data && <ErrorState small error={error} onAgain={() => void refetch()} />}
      {data && rows.length === 0 && <p className={styles.note}>{wanted ? `Nothing matches “${wanted}”.` : "No values in this range."}</p>}
      {data?.truncated && <p className={styles.note}>The {SHOWN} most frequent. Search for the others.</p>}
      <div className={styles.foot}>
        <Button look="quiet" disabled={choice.values.length === 0} onClick={() => onChoice({ ...choice, values: [] })}>
          Clear{choice.values.length > 0 ? ` ${choice.values.length}` : ""}
        </Button>
        <Button look="main" onClick={() => onDone(choice)}>
          Apply
        </Button>
      </div>
    </div>
  );
}
