import { useEffect, useRef } from "react";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import styles from "./SignInPage.module.css";

/** The password was right, the role is not enough: said plainly, with what is needed. */
export function Refused({ login, message, onBack }: { login: string; message: string; onBack: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className={styles.card} role="alert">
      <div className={styles.brand}>
        <Mark size={40} />
      </div>
      <h1 ref={title} tabIndex={-1} className={styles.refused}>
        Your role does not open Parclose
      </h1>
      <p>{message}</p>
      <p>
        Your password is right, <b>{login}</b>. To come in, a person needs two things: to be a supervisor or an administrator, <b>and</b> to have at least one role for analytics, such as dashboard viewer. Agents alone cannot sign in.
      </p>
      <p>Ask your administrator to give you a role, then sign in again.</p>
      <Button onClick={onBack} className={styles.submit}>
        Sign in as someone else
      </Button>
    </div>
  );
}
