import type { ReactNode } from "react";
import styles from "./Tag.module.css";

/** A word that says a state. `strong` is what needs attention; the word says it, the colour only helps. */
export function Tag({ children, look = "plain", title }: { children: ReactNode; look?: "plain" | "accent" | "strong"; title?: string }) {
  return (
    <span className={`${styles.tag} ${styles[look] ?? ""}`} title={title}>
      {children}
    </span>
  );
}
