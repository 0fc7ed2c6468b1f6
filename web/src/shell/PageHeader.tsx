import { type ReactNode, useEffect } from "react";
import { ScopeChip } from "./ScopeChip";
import styles from "./PageHeader.module.css";

type Props = { title: string; lead?: ReactNode; actions?: ReactNode; below?: ReactNode };

/** The top of every page: what it is, whose rows, what can be done. */
export function PageHeader({ title, lead, actions, below }: Props) {
  useEffect(() => {
    document.title = `${title} · Parclose`;
  }, [title]);
  return (
    <header className={styles.header}>
      <div className={styles.row}>
        <div className={styles.heading}>
          {lead}
          <h1 className={styles.title}>{title}</h1>
          <ScopeChip />
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {below}
    </header>
  );
}
