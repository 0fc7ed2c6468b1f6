import { type FormEvent, useEffect, useRef, useState } from "react";
import type { SecondStep } from "../../api/account";
import { ApiError, call } from "../../api/client";
import { PasskeyCancelled, knowsPasskeys, askPasskey } from "../../api/passkeys";
import type { Me } from "../../api/types";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import styles from "./SignInPage.module.css";

type Props = { step: SecondStep; onIn: (me: Me) => Promise<void>; onOver: (error: ApiError | null) => void };

/** The password was right; now the code or the passkey. */
export function SecondStepForm({ step, onIn, onOver }: Props) {
  const [code, setCode] = useState("");
  const [onPaper, setOnPaper] = useState(!step.totp && !step.passkey);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const withCode = step.totp || onPaper;
  const withPasskey = step.passkey && knowsPasskeys();
  useEffect(() => {
    (field.current ?? title.current)?.focus();
  }, [onPaper]);

  const attempt = async (act: () => Promise<Me>) => {
    setBusy(true);
    setSaid(null);
    try {
      await onIn(await act());
    } catch (cause) {
      if (cause instanceof PasskeyCancelled) setSaid(cause.message);
      else if (!(cause instanceof ApiError)) throw cause;
      // No step is open any more, the role is not enough, or too many attempts: the form before says it.
      else if (cause.code === "second_factor_failed") setSaid(withCode && code !== "" ? "That code is not right, or it was used already. Wait for the next one and try again." : "That passkey was not accepted. Try again.");
      else onOver(cause);
      setCode("");
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call<Me>("/sign-in/code", { method: "POST", body: { code }, door: true }));
  };
  const withKey = () => void attempt(async () => call<Me>("/sign-in/passkey", { method: "POST", body: { credential: await askPasskey() }, door: true }));
  return (
    <form className={styles.card} onSubmit={submit}>
      <div className={styles.brand}>
        <Mark size={40} />
      </div>
      <h1 ref={title} tabIndex={-1} className={styles.refused}>
        One more step
      </h1>
      {said && (
        <p className={styles.error} role="alert">
          {said}
        </p>
      )}
      {withPasskey && !onPaper && (
        <Button look={step.totp ? "plain" : "main"} disabled={busy} onClick={withKey} className={styles.submit} icon="key">
          Use a passkey
        </Button>
      )}
      {withPasskey && withCode && !onPaper && <p className={styles.or}>or with a code</p>}
      {withCode && (
        <>
          <label className={styles.field}>
            <span>{onPaper ? "Recovery code" : "Code of your authenticator app"}</span>
            <input
              ref={field}
              name="code"
              inputMode={onPaper ? "text" : "numeric"}
              autoComplete="one-time-code"
              autoCapitalize="none"
              spellCheck={false}
              required
              maxLength={onPaper ? 40 : 7}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </label>
          <Button look="main" type="submit" disabled={busy || code.trim() === ""} className={styles.submit}>
            {busy ? "Signing in…" : "Sign in"}
          </Button>
        </>
      )}
      {!onPaper && (
        <Button
          look="quiet"
          onClick={() => {
            setOnPaper(true);
            setCode("");
            setSaid(null);
          }}
        >
          Phone or key lost? Use a recovery code
        </Button>
      )}
      <Button look="quiet" onClick={() => onOver(null)}>
        Back
      </Button>
    </form>
  );
}
