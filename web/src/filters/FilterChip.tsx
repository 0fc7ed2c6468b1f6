import { useRef, useState } from "react";
import type { Filter } from "../api/types";
import { useSession } from "../state/session";
import type { View } from "../state/useView";
import { Icon } from "../ui/Icon";
import { Popover } from "../ui/Popover";
import styles from "./FilterBar.module.css";
import { type Choice, ValuePicker } from "./ValuePicker";
import { filterWords } from "./words";

export function choiceOf(filter: Filter | undefined): Choice {
  return { op: filter?.op === "not_in" ? "not_in" : "in", values: filter && (filter.op === "in" || filter.op === "not_in") ? [...filter.values] : [] };
}

/** Where the values of an attribute come from, and which other filters can narrow them. */
export type ValueSource = { dataSet: string | undefined; others: Filter[] };

type Props = { attribute: string; title: string; view: View; source: ValueSource; listed: boolean };

export function FilterChip({ attribute, title, view, source, listed }: Props) {
  const { context } = useSession();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const filter = view.filters.find((one) => one.attribute === attribute);
  const [draft, setDraft] = useState<Choice>(() => choiceOf(filter));

  const close = (choice: Choice | null) => {
    setOpen(false);
    if (choice && JSON.stringify(choice) !== JSON.stringify(choiceOf(filter))) view.setFilter(attribute, choice.op, choice.values);
  };
  return (
    <span className={styles.chip} data-on={filter ? true : undefined}>
      <button
        ref={anchor}
        type="button"
        className={styles.open}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={!listed}
        onClick={() => {
          setDraft(choiceOf(filter));
          setOpen(!open);
        }}
      >
        <span className={styles.name}>{title}</span>
        <span className={styles.value}>{filter ? filterWords(filter, context) : "All"}</span>
        {listed && !filter && <Icon name="down" size={14} />}
      </button>
      {filter && (
        <button type="button" className={styles.drop} aria-label={`Remove the filter ${title}`} onClick={() => view.setFilter(attribute, "in", [])}>
          <Icon name="close" size={14} />
        </button>
      )}
      {open && (
        <Popover anchor={anchor} label={`Filter by ${title}`} width={300} onClose={(keep) => close(keep ? draft : null)}>
          <ValuePicker attribute={attribute} title={title} dataSet={source.dataSet} range={view.range} others={source.others} choice={draft} onChoice={setDraft} onDone={close} />
        </Popover>
      )}
    </span>
  );
}
