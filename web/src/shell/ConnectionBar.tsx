import { useSyncExternalStore } from "react";
import { connection } from "../state/connection";
import { Icon } from "../ui/Icon";
import styles from "./ConnectionBar.module.css";

/** Offline is a mark, not a page: the last data stays. */
export function ConnectionBar() {
  const answered = useSyncExternalStore(connection.subscribe, connection.get);
  return (
    <div role="status">
      {!answered && (
        <p className={styles.bar}>
          <Icon name="offline" size={18} />
          <span>
            <b>No connection to the server.</b> You see the last data it gave. We keep trying.
          </span>
        </p>
      )}
    </div>
  );
}
