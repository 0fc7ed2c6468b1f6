import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Popover } from "./Popover";
import styles from "./Menu.module.css";

export type MenuItem = { label: string; icon?: IconName; checked?: boolean; hint?: string; act: () => void };

export function MenuList({ items, onDone, head }: { items: readonly MenuItem[]; onDone: () => void; head?: ReactNode }) {
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <>
      {head}
      <ul ref={list} role="menu" className={styles.list} onKeyDown={move}>
        {items.map((item) => (
          <li key={item.label} role="none">
            <button
              type="button"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.checked}
              className={styles.item}
              onClick={() => {
                onDone();
                item.act();
              }}
            >
              <span className={styles.lead}>{item.icon ? <Icon name={item.icon} size={18} /> : item.checked ? <Icon name="check" size={18} /> : null}</span>
              <span>{item.label}</span>
              {item.hint && <kbd className={styles.hint}>{item.hint}</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The three dots. */
export function MoreMenu({ label, items, className }: { label: string; items: readonly MenuItem[]; className?: string }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton ref={anchor} icon="more" label={label} aria-haspopup="menu" aria-expanded={open} className={className} onClick={() => setOpen(!open)} />
      {open && (
        <Popover anchor={anchor} label={label} align="end" onClose={() => setOpen(false)}>
          <MenuList items={items} onDone={() => setOpen(false)} />
        </Popover>
      )}
    </>
  );
}
