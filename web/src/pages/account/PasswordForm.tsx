import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, call, rememberToken } from "../../api/client";
import { meQuery } from "../../api/queries";
import type { Me } from "../../api/types";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import styles from "../admin/AdminPage.module.css";
import { FormProblem } from "../admin/FormProblem";
import { at, problemOf } from "../admin/problem";

/** A new password for who knows the one they have. The session goes on under a new cookie; all others end. */
export function PasswordForm({ given = false, onDone }: { given?: boolean; onDone?: () => void }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const change = useMutation({
    mutationFn: () => call<Me>("/account/password", { method: "POST", body: { current_password: current, password } }),
    onSuccess: async (me) => {
      rememberToken(me);
      setCurrent("");
      setPassword("");
      setAgain("");
      // What was refused until now must not be shown once more when the pages open.
      const others = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== "me" };
      if (given) client.removeQueries(others);
      client.setQueryData(meQuery.queryKey, me);
      if (!given) await client.invalidateQueries(others);
      onDone?.();
    },
  });
  const late = change.error instanceof ApiError && change.error.status === 429;
  const problem = late ? { field: null, text: "Too many attempts. Wait a few minutes, then try again." } : problemOf(change.error, ["current_password", "password"]);
  const short = password !== "" && [...password].length < 12;
  const differs = again !== "" && again !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const typed = (set: (text: string) => void) => (text: string) => {
    set(text);
    if (change.error || change.isSuccess) change.reset();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextField label={given ? "The password you were given" : "Current password"} type="password" autoComplete="current-password" value={current} onText={typed(setCurrent)} error={at(problem, "current_password")} />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        onText={typed(setPassword)}
        error={at(problem, "password")}
        hint={short ? `At least 12 characters; ${12 - [...password].length} to go.` : "At least 12 characters. Several words are easy to remember and hard to guess."}
      />
      <TextField label="New password, again" type="password" autoComplete="new-password" value={again} onText={typed(setAgain)} error={differs ? "The two are not the same yet." : null} />
      <FormProblem problem={problem} />
      <div className={styles.actions}>
        {change.isSuccess && (
          <span role="status" className={styles.saved}>
            Changed. You are signed out everywhere else.
          </span>
        )}
        <Button look="main" type="submit" disabled={change.isPending || current === "" || password === "" || short || again !== password}>
          {change.isPending ? "Changing…" : "Change the password"}
        </Button>
      </div>
    </form>
  );
}
