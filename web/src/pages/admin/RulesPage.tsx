import styles from "./AdminPage.module.css";
import { Rules } from "./Rules";

export function RulesPage() {
  return (
    <div className={styles.page}>
      <Rules />
    </div>
  );
}
