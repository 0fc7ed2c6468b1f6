import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import styles from "./Unsaved.module.css";

/** Asks before somebody leaves a page with changes that are not saved. The browser asks by itself when the tab is closed. */
export function Unsaved({ changed }: { changed: boolean }) {
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => changed && current.pathname !== next.pathname, enableBeforeUnload: changed, withResolver: true });
  if (blocker.status !== "blocked") return null;
  return (
    <Dialog title="Leave without saving?" onClose={blocker.reset}>
      <p>What you changed on this page is not saved yet.</p>
      <div className={styles.actions}>
        <Button data-autofocus onClick={blocker.reset}>
          Stay here
        </Button>
        <Button look="danger" onClick={blocker.proceed}>
          Leave without saving
        </Button>
      </div>
    </Dialog>
  );
}

/** The same for a form in a dialog: `close` closes it, or asks first; `ask` is what it asks with, in place of the form's own buttons. */
export function useAskedClose(changed: boolean, onClose: () => void): { close: () => void; ask: ReactNode | null } {
  const [asking, setAsking] = useState(false);
  // Escape while it asks goes back to the form: what was entered is never lost by pressing one key twice.
  const close = () => (changed ? setAsking(!asking) : onClose());
  if (!asking || !changed) return { close, ask: null };
  const ask = (
    <div role="alert" className={styles.ask}>
      <p>What you entered is not saved yet.</p>
      <div className={styles.actions}>
        <Button onClick={() => setAsking(false)}>Go on editing</Button>
        <Button look="danger" onClick={onClose}>
          Close without saving
        </Button>
      </div>
    </div>
  );
  return { close, ask };
}
