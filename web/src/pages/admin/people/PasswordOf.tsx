import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type Person, changePerson } from "../../../api/admin";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { at, problemOf } from "../problem";
import { LinkOf } from "./LinkOf";
import { renew } from "./renew";

/** A password for somebody else: good for one sign-in, at which they choose their own. */
export function PasswordOf({ person }: { person: Person }) {
  const { me } = useSession();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const change = useMutation({
    mutationFn: () => changePerson(person.id, { password }),
    gcTime: 0,
    onSuccess: async (now) => {
      setPassword("");
      await renew(client, now);
    },
  });
  const problem = problemOf(change.error, ["password"]);
  if (person.id === me.person.id)
    return (
      <Panel title="Password">
        <p>
          You change your own password on the page <Link to="/account">Your account</Link>.
        </p>
      </Panel>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title="Password" lead="A link lets them choose one that only they know. Or set one yourself: they are signed out everywhere and change it at the next sign-in.">
      <LinkOf key={person.id} person={person} />
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label="New password for them"
          type="password"
          value={password}
          onText={(text) => {
            setPassword(text);
            if (problem) change.reset();
          }}
          autoComplete="new-password"
          error={at(problem, "password")}
          hint="At least 12 characters. Tell it to them by a safe way."
        />
        <FormProblem problem={problem} />
        <div className={styles.actions}>
          {change.isSuccess && password === "" && (
            <span role="status" className={styles.saved}>
              The password is set.
            </span>
          )}
          <Button type="submit" disabled={password === "" || change.isPending}>
            {change.isPending ? "Setting…" : person.has_password ? "Reset the password" : "Set a password"}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
