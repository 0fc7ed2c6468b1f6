import { useEffect } from "react";
import type { Me } from "../../api/types";
import { formatInstant } from "../../format/time";
import { useSignOut } from "../../shell/useSignOut";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import styles from "../signin/SignInPage.module.css";
import { SecondFactor } from "./SecondFactor";

/** The workspace asks for a second factor: before anything opens, the person sets one up. */
export function SecondFactorDue({ me }: { me: Me }) {
  const signOut = useSignOut();
  useEffect(() => {
    document.title = "Set up a second factor · Parclose";
  }, []);
  const when = (at: string | null, none = "") => (at ? formatInstant(at, navigator.language, me.workspace.time_zone, "date") : none);
  return (
    <main className={styles.page}>
      <div className={`${styles.card} ${styles.wide}`}>
        <div className={styles.brand}>
          <Mark size={40} />
        </div>
        <h1 className={styles.refused}>Set up a second factor</h1>
        <p>
          {me.workspace.name} asks for more than a password, {me.person.name}. Set up one of these; then the pages open.
        </p>
        <h2 className="quiet">Second factors</h2>
        <SecondFactor when={when} />
        <Button look="quiet" onClick={signOut}>
          Sign out
        </Button>
      </div>
    </main>
  );
}
