import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Button } from "./Button";
import { Tracery } from "./Mark";
import styles from "./State.module.css";

type Props = { title: string; children?: ReactNode; actions?: ReactNode; small?: boolean; live?: boolean };

/** One shape for every state that is not data: what happened, and what to do next. */
export function State({ title, children, actions, small = false, live = false }: Props) {
  return (
    <div className={small ? styles.small : styles.state} role={live ? "alert" : "status"}>
      {!small && (
        <div className={styles.motif}>
          <Tracery bays={4} height={96} />
        </div>
      )}
      {small ? <p className={styles.smallTitle}>{title}</p> : <h2 className={styles.title}>{title}</h2>}
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

export function ErrorState({ error, onAgain, small }: { error: Error; onAgain?: () => void; small?: boolean }) {
  const known = error instanceof ApiError ? error : null;
  if (known?.offline)
    return (
      <State small={small} live title="No connection to the server" actions={onAgain && <Button onClick={onAgain}>Try again</Button>}>
        <p>Nothing is lost. The page fills as soon as the server answers.</p>
      </State>
    );
  return (
    <State small={small} live title={errorTitle(known)} actions={onAgain && <Button onClick={onAgain}>Try again</Button>}>
      <p>{known?.message || "The page could not be drawn."}</p>
      {known?.id && (
        <p className={styles.id}>
          Tell your administrator this number: <code>{known.id}</code>
        </p>
      )}
    </State>
  );
}

function errorTitle(error: ApiError | null): string {
  switch (error?.status) {
    case 403:
      return "You may not do this";
    case 404:
      return "Not found";
    case 413:
      return "That is too much at once";
    case 422:
      return "This question cannot be answered";
    case 429:
      return "Too many questions at once";
    case 503:
      return "The server is not ready";
    default:
      return "Something went wrong";
  }
}
