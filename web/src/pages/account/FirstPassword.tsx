import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Me } from "../../api/types";
import { useSignOut } from "../../shell/useSignOut";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import styles from "../signin/SignInPage.module.css";
import { PasswordForm } from "./PasswordForm";

/** Somebody else chose the password: before anything opens, the person chooses their own. */
export function FirstPassword({ me }: { me: Me }) {
  const signOut = useSignOut();
  const router = useRouter();
  useEffect(() => {
    document.title = "Choose a password · Parclose";
  }, []);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={40} />
        </div>
        <h1 className={styles.refused}>Choose your own password</h1>
        <p>
          Welcome, {me.person.name}. The password you signed in with was chosen by an administrator. Choose one that only you know; then {me.workspace.name} opens.
        </p>
        <PasswordForm given onDone={() => void router.invalidate()} />
        <Button look="quiet" onClick={signOut}>
          Sign out
        </Button>
      </div>
    </main>
  );
}
