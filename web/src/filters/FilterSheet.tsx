import { useState } from "react";
import { useSession } from "../state/session";
import type { View } from "../state/useView";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { type ValueSource, choiceOf } from "./FilterChip";
import styles from "./FilterSheet.module.css";
import { type Choice, ValuePicker } from "./ValuePicker";
import { attributeTitle, filterWords } from "./words";

type Props = { view: View; names: readonly string[]; titles: ReadonlyMap<string, string>; sourceOf: (attribute: string) => ValueSource; onClose: () => void };

/** The filters on a phone: a list first, then the values of one. */
export function FilterSheet({ view, names, titles, sourceOf, onClose }: Props) {
  const { context } = useSession();
  const [open, setOpen] = useState<string | null>(null);
  const [draft, setDraft] = useState<Choice>({ op: "in", values: [] });
  if (open !== null) {
    const title = attributeTitle(open, titles);
    const { dataSet, others } = sourceOf(open);
    return (
      <Dialog title={title} onClose={() => setOpen(null)}>
        <ValuePicker
          attribute={open}
          title={title}
          dataSet={dataSet}
          range={view.range}
          others={others}
          choice={draft}
          onChoice={setDraft}
          onDone={(choice) => {
            view.setFilter(open, choice.op, choice.values);
            setOpen(null);
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Filters"
      onClose={onClose}
      foot={
        <div className={styles.foot}>
          <Button disabled={view.filters.length === 0} onClick={() => view.setFilters([])}>
            Clear all
          </Button>
          <Button look="main" onClick={onClose}>
            Done
          </Button>
        </div>
      }
    >
      <ul>
        {names.map((name) => {
          const filter = view.filters.find((one) => one.attribute === name);
          return (
            <li key={name}>
              <button
                type="button"
                className={styles.row}
                onClick={() => {
                  setDraft(choiceOf(filter));
                  setOpen(name);
                }}
              >
                <span>{attributeTitle(name, titles)}</span>
                <span className={styles.value} data-on={filter ? true : undefined}>
                  {filter ? filterWords(filter, context) : "All"}
                </span>
                <Icon name="right" size={16} />
              </button>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
