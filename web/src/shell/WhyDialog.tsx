import type { ScopeDataSet } from "../api/types";
import { useSession } from "../state/session";
import { Dialog } from "../ui/Dialog";
import styles from "./WhyDialog.module.css";

const STATES: Record<ScopeDataSet["state"], string> = {
  some: "Some rows",
  all: "All rows",
  none: "No rows",
  open: "All rows, there are no rules",
};

/** The rules that decide which rows are this person's, in words, and whom to ask. */
export function WhyDialog({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const { scope } = me;
  return (
    <Dialog title="Why do I see this?" onClose={onClose} foot={<>Rules version {scope.policy_version}. They hold for dashboards, lists, totals and links alike.</>}>
      <p className={styles.lead}>{lead(scope.state, scope.label)}</p>
      <ul className={styles.sets}>
        {scope.data_sets.map((set) => (
          <li key={set.data_set} className={styles.set}>
            <div className={styles.setHead}>
              <h3>{sentence(set.data_set)}</h3>
              <span className={styles.tag}>{STATES[set.state]}</span>
            </div>
            {set.rules.length === 0 ? (
              <p className={styles.none}>{set.state === "none" ? "No rule gives you rows here." : "No rule narrows this."}</p>
            ) : (
              <ul className={styles.rules}>
                {set.rules.map((rule) => (
                  <li key={rule.name + rule.effect}>
                    <span className={styles.effect}>{rule.effect === "grant" ? "You see" : "But only"}</span>
                    <span>
                      {rule.explains} <span className={styles.name}>({rule.name})</span>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      <p className={styles.ask}>Something missing, or too much? {capital(scope.contact)}.</p>
    </Dialog>
  );
}

function lead(state: string, label: string): string {
  switch (state) {
    case "none":
      return "No rule gives you any rows, so every page is empty for you.";
    case "all":
      return "A rule gives you every row of this workspace.";
    case "open":
      return "This workspace has no separation rules yet: everyone who may sign in sees every row.";
    default:
      return `You see the rows of ${label}. Everyone else's rows do not exist for you: not in totals, not in lists, not in search.`;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(name: string): string {
  return capital(name.replace(/_/g, " "));
}
