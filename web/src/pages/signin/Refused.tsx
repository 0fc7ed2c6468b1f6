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
        The password of <b>{login}</b> is right. Agents alone cannot sign in: ask your administrator for a role such as dashboard viewer, then sign in again.
      </p>
      <Button onClick={onBack} className={styles.submit}>
        Sign in as someone else
      </Button>
    </div>
  );
}
