import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { linkQuery } from "../../api/account";
import { ApiError, call } from "../../api/client";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Mark } from "../../ui/Mark";
import { Skeleton } from "../../ui/Skeleton";
import { FormProblem } from "../admin/FormProblem";
import { at, problemOf } from "../admin/problem";
import styles from "../signin/SignInPage.module.css";
import button from "../../ui/Button.module.css";
import { useSecret } from "./useSecret";

/** A new password with a link that an administrator made. */
export function ResetPage() {
  const secret = useSecret();
  useEffect(() => {
    document.title = "Choose a new password · Parclose";
  }, []);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={40} />
        </div>
        {secret === "" ? <NotValid /> : <Form secret={secret} />}
      </div>
    </main>
  );
}

function NotValid() {
  return (
    <>
      <h1 className={styles.refused}>This link does not open anything</h1>
      <p>A link for a new password works once and for a day, and a newer link replaces it. Ask your administrator for a new one and open it whole.</p>
      <Link to="/sign-in" search={{}} className={`${button["button"]} ${styles.submit}`}>
        To sign-in
      </Link>
    </>
  );
}

function Form({ secret }: { secret: string }) {
  const { data: whose, error } = useQuery(linkQuery(secret));
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const reset = useMutation({ mutationFn: () => call<undefined>("/password-reset", { method: "POST", body: { secret, password }, door: true }) });
  const over = [error, reset.error].some((one) => one instanceof ApiError && one.code === "link_not_valid");
  if (over) return <NotValid />;
  if (error) return <FormProblem problem={problemOf(error, [])} />;
  if (!whose)
    return (
      <div aria-busy="true" aria-label="Loading the link">
        <Skeleton height={180} />
      </div>
    );
  if (reset.isSuccess)
    return (
      <>
        <h1 className={styles.refused}>Your password is changed</h1>
        <p role="status">You are signed out everywhere. Sign in with the new password now; the link does not work any more.</p>
        <Link to="/sign-in" search={{}} className={`${button["button"]} ${button["main"]} ${styles.submit}`}>
          Sign in
        </Link>
      </>
    );
  const problem = problemOf(reset.error, ["password"]);
  const short = password !== "" && [...password].length < 12;
  const differs = again !== "" && again !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h1 className={styles.refused}>Choose a new password</h1>
      <p>
        For {whose.name}, who signs in as <b>{whose.login}</b>. Is that not you? Then close this page and tell your administrator.
      </p>
      <input className="quiet" type="text" name="username" autoComplete="username" readOnly tabIndex={-1} aria-hidden="true" value={whose.login} />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        autoFocus
        value={password}
        onText={(text) => {
          setPassword(text);
          if (reset.error) reset.reset();
        }}
        error={at(problem, "password")}
        hint={short ? `At least 12 characters; ${12 - [...password].length} to go.` : "At least 12 characters. Several words are easy to remember and hard to guess."}
      />
      <TextField label="New password, again" type="password" autoComplete="new-password" value={again} onText={setAgain} error={differs ? "The two are not the same yet." : null} />
      <FormProblem problem={problem} />
      <Button look="main" type="submit" className={styles.submit} disabled={reset.isPending || password === "" || short || again !== password}>
        {reset.isPending ? "Changing…" : "Change the password"}
      </Button>
    </form>
  );
}
