import styles from "./AdminPage.module.css";
import type { Problem } from "./problem";

/** What is wrong and belongs to no single field. Fields say theirs themselves; this repeats it for screen readers. */
export function FormProblem({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <p role="alert" className={problem.field ? "quiet" : styles.problem}>
      {problem.text}
    </p>
  );
}
