import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type SecondStep, isSecondStep } from "../../api/account";
import { signInOptionsQuery } from "../../api/admin";
import { ApiError, call, rememberToken, showWorkspace } from "../../api/client";
import { PasskeyCancelled, knowsPasskeys, askPasskey } from "../../api/passkeys";
import { meQuery } from "../../api/queries";
import type { Me } from "../../api/types";
import { Button } from "../../ui/Button";
import { Mark, Tracery } from "../../ui/Mark";
import { Providers } from "./Providers";
import { Refused } from "./Refused";
import { SecondStepForm } from "./SecondStepForm";
import styles from "./SignInPage.module.css";

export function SignInPage() {
  const { next, refused } = useSearch({ from: "/sign-in" });
  return <SignInForm next={next} refused={refused} />;
}

export function SignInForm({ workspace, next, refused }: { workspace?: string; next?: string; refused?: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [step, setStep] = useState<SecondStep | null>(null);
  const [cancelled, setCancelled] = useState(false);
  const { data: options } = useQuery(signInOptionsQuery(workspace));
  const passwordField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Sign in · Parclose";
  }, []);
  // All steps of a sign-in are about this workspace.
  useEffect(() => showWorkspace(workspace ?? null), [workspace]);

  const enter = async (me: Me) => {
    // Whoever was here before, none of their rows stay.
    client.clear();
    rememberToken(me);
    client.setQueryData(meQuery.queryKey, me);
    if (next) router.history.replace(next);
    else await navigate({ to: "/", replace: true });
  };

  const attempt = async (act: () => Promise<Me | SecondStep>) => {
    setBusy(true);
    setError(null);
    setCancelled(false);
    try {
      const answer = await act();
      if (isSecondStep(answer)) setStep(answer);
      else await enter(answer);
    } catch (cause) {
      if (cause instanceof PasskeyCancelled) setCancelled(true);
      else if (cause instanceof ApiError) {
        setError(cause);
        setPassword("");
        if (cause.status === 401) passwordField.current?.focus();
      } else throw cause;
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call<Me | SecondStep>("/sign-in", { method: "POST", body: { workspace, login: login.trim(), password }, door: true }));
  };
  const withPasskey = () =>
    void attempt(async () => {
      const credential = await askPasskey();
      return call<Me>("/sign-in/passkey", { method: "POST", body: { credential }, door: true }).catch((cause: unknown) => {
        throw cause instanceof ApiError && cause.status === 401 ? new ApiError(401, "passkey_refused", cause.message) : cause;
      });
    });
  const over = (cause: ApiError | null) => {
    setStep(null);
    setPassword("");
    setError(cause?.status === 401 ? new ApiError(401, "step_over", cause.message) : cause);
  };

  return (
    <main className={styles.page}>
      <div className={styles.screen} aria-hidden="true">
        <Tracery bays={16} height={260} />
      </div>
      {error?.code === "role_missing" ? (
        <Refused login={login.trim()} message={error.message} onBack={() => setError(null)} />
      ) : step ? (
        <SecondStepForm step={step} onIn={enter} onOver={over} />
      ) : (
        <form className={styles.card} onSubmit={submit}>
          <div className={styles.brand}>
            <Mark size={40} />
            <h1>Parclose</h1>
            {workspace && options && <p className={styles.workspace}>{options.workspace_name}</p>}
          </div>
          {!next && !error && !refused && <p className={styles.hint}>Everyone sees their own part of the contact centre.</p>}
          {next && !error && !refused && <p className={styles.hint}>Sign in to open the page you asked for.</p>}
          {refused && !error && (
            <p className={styles.error} role="alert">
              {turnedAway(refused)}
            </p>
          )}
          {options?.needs_administrator && !error && (
            <div className={styles.note}>
              <b>Nobody administers this workspace yet.</b>
              <p>
                Whoever runs the server makes the first administrator: open the link that it printed in its terminal at its start. <Link to="/setup">Where is it?</Link>
              </p>
            </div>
          )}
          <Providers providers={options?.connections ?? []} next={next} />
          {error && (
            <p className={styles.error} role="alert">
              {words(error)}
            </p>
          )}
          {cancelled && (
            <p className={styles.error} role="alert">
              The browser gave no passkey. Try again, or sign in with your password.
            </p>
          )}
          <label className={styles.field}>
            <span>E-mail or login</span>
            <input name="login" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus value={login} onChange={(event) => setLogin(event.target.value)} />
          </label>
          <label className={styles.field}>
            <span>Password</span>
            <input ref={passwordField} name="password" type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
          </label>
          <Button look="main" type="submit" disabled={busy} className={styles.submit}>
            {busy ? "Signing in…" : "Sign in"}
          </Button>
          {options?.passkeys && knowsPasskeys() && (
            <Button look="quiet" icon="key" disabled={busy} onClick={withPasskey}>
              With a passkey
            </Button>
          )}
        </form>
      )}
    </main>
  );
}

/** A provider sent the browser back and it was not let in. The word is one of a few; any other is the first. */
function turnedAway(word: string): string {
  if (word === "role_missing") return "You are who you say, and your roles do not open Parclose. It needs supervisor or admin, and at least one wfo role. Ask your administrator.";
  if (word === "too_many_requests") return "Too many attempts from your network. Wait a few minutes, then try again.";
  if (word === "unavailable") return "The identity provider does not answer. Try again in a moment.";
  return "That sign-in did not work. Try again, or tell your administrator: the audit trail says why.";
}

function words(error: ApiError): string {
  if (error.code === "step_over") return "That took too long, or there were too many tries. Begin again with your password.";
  if (error.code === "passkey_refused") return "That passkey does not open an account here. Sign in with your password.";
  if (error.code === "no_passkeys_here") return "Passkeys do not work at this address. Sign in with your password.";
  if (error.status === 401) return "Login or password is not right. Check both and try again.";
  if (error.status === 429) return `Too many attempts. ${error.retryAfter ? `Try again in ${waiting(error.retryAfter)}.` : "Wait a few minutes, then try again."}`;
  if (error.offline) return "The server does not answer. Check your connection and try again.";
  return `Sign-in did not work${error.id ? ` (number ${error.id})` : ""}. Try again, or tell your administrator.`;
}

function waiting(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
