import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { FactorsChanged, OwnPasskey } from "../../api/account";
import { call } from "../../api/client";
import { PasskeyCancelled, makePasskey } from "../../api/passkeys";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import styles from "../admin/AdminPage.module.css";
import { FormProblem } from "../admin/FormProblem";
import { type Problem, at, problemOf } from "../admin/problem";
import { late } from "./late";
import own from "./SecondFactor.module.css";

export type Task = { kind: "totp-off" } | { kind: "passkey" } | { kind: "passkey-off"; passkey: OwnPasskey } | { kind: "codes" };

type Props = { task: Task; onDone: (changed: FactorsChanged) => void; onCancel: () => void };

const WORDS = {
  "totp-off": ["Turn off the authenticator app", "Turn it off"],
  passkey: ["Add a passkey", "Add it"],
  "passkey-off": ["Remove the passkey", "Remove it"],
  codes: ["New recovery codes", "Make new codes"],
} as const;

/** A change that needs the password, and what else belongs to it. */
export function FactorTask({ task, onDone, onCancel }: Props) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const act = useMutation({ mutationFn: () => perform(task, password, code, name.trim()), onSuccess: onDone });
  const problem = said(act.error);
  const [title, button] = WORDS[task.kind];
  const needsCode = task.kind === "totp-off";
  const needsName = task.kind === "passkey";
  const typed = (set: (text: string) => void) => (text: string) => {
    set(text);
    if (act.error) act.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <form className={`${styles.form} ${own.task}`} onSubmit={submit} noValidate aria-label={title}>
      {needsName && <TextField label="A name for it" hint="So that you know it apart: “work laptop”, “blue key”." autoFocus maxLength={60} autoComplete="off" value={name} onText={typed(setName)} error={at(problem, "name")} />}
      <TextField label="Your password" type="password" autoComplete="current-password" autoFocus={!needsName} value={password} onText={typed(setPassword)} error={at(problem, "current_password")} />
      {needsCode && <TextField label="A code of the app, or a recovery code" autoComplete="one-time-code" value={code} onText={typed(setCode)} error={at(problem, "code")} />}
      <FormProblem problem={problem} />
      <div className={styles.actions}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look={task.kind.endsWith("off") ? "danger" : "main"} type="submit" disabled={act.isPending || password === "" || (needsCode && code.trim() === "") || (needsName && name.trim() === "")}>
          {act.isPending ? "Working…" : button}
        </Button>
      </div>
    </form>
  );
}

async function perform(task: Task, password: string, code: string, name: string): Promise<FactorsChanged> {
  const post = (path: string, body: unknown) => call<FactorsChanged>(path, { method: "POST", body });
  switch (task.kind) {
    case "totp-off":
      return post("/account/totp/remove", { current_password: password, code });
    case "passkey":
      return post("/account/passkeys", { name, credential: await makePasskey(password) });
    case "passkey-off":
      return post(`/account/passkeys/${encodeURIComponent(task.passkey.id)}/remove`, { current_password: password });
    case "codes":
      return post("/account/recovery-codes", { current_password: password });
  }
}

function said(error: Error | null): Problem | null {
  if (error instanceof PasskeyCancelled) return { field: null, text: error.message };
  return late(error) ?? problemOf(error, ["current_password", "code", "name"]);
}
