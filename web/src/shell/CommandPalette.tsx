import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { dashboardsQuery } from "../api/queries";
import { useSession } from "../state/session";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import styles from "./CommandPalette.module.css";
import { type Command, findCommands, makeCommands } from "./commands";
import { useSignOut } from "./useSignOut";

export function CommandPalette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const { me } = useSession();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { data: dashboards } = useQuery({ ...dashboardsQuery, enabled: me.capabilities.dashboards !== "none" });
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const all = useMemo(
    () => makeCommands({ me, dashboards: dashboards ?? [], go: navigate, signOut, help: onHelp }),
    [me, dashboards, navigate, signOut, onHelp],
  );
  const found = findCommands(all, text);
  const current = found[Math.min(at, found.length - 1)];

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.act();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && found.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(current);
    }
  };

  return (
    <Dialog title="Find a page or do something" onClose={onClose} bare>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={current ? `${id}-${current.id}` : undefined}
          aria-label="Find a page or do something"
          placeholder="Find a page or do something"
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <ul id={id} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((command) => (
          <li
            key={command.id}
            id={`${id}-${command.id}`}
            role="option"
            aria-selected={command === current}
            className={styles.row}
            ref={(row) => {
              if (command === current) row?.scrollIntoView({ block: "nearest" });
            }}
            onPointerMove={() => setAt(found.indexOf(command))}
            onClick={() => run(command)}
          >
            <Icon name={command.icon} size={18} />
            <span>{command.title}</span>
            <span className={styles.group}>{command.group}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className={styles.none} role="status">
          Nothing is called “{text}”. Try a dashboard, a tab or a page.
        </p>
      )}
    </Dialog>
  );
}
