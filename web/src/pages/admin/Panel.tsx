import { type ReactNode, useId } from "react";
import styles from "./AdminPage.module.css";

type Props = { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode; flush?: boolean };

/** One subject of a page. `flush` lets a table reach the edges. */
export function Panel({ title, lead, actions, children, flush = false }: Props) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id} data-flush={flush || undefined}>
      <header className={styles.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {lead && <p>{lead}</p>}
        </div>
        {actions && <div className={styles.headActions}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
