import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { FactorsChanged, TotpOffer } from "../../api/account";
import { call } from "../../api/client";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import styles from "../admin/AdminPage.module.css";
import { FormProblem } from "../admin/FormProblem";
import { at, problemOf } from "../admin/problem";
import { late } from "./late";
import own from "./SecondFactor.module.css";

type Props = { onDone: (changed: FactorsChanged) => void; onCancel: () => void };

/** The password, then the picture and the secret, then the first code. */
export function SetUpTotp({ onDone, onCancel }: Props) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: () => call<TotpOffer>("/account/totp", { method: "POST", body: { current_password: password } }), onSuccess: () => setPassword("") });
  const confirm = useMutation({ mutationFn: () => call<FactorsChanged>("/account/totp/confirm", { method: "POST", body: { code } }), onSuccess: onDone });
  const offer = begin.data;
  const problem = late(begin.error ?? confirm.error) ?? problemOf(begin.error ?? confirm.error, ["current_password", "code"]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (offer) confirm.mutate();
    else begin.mutate();
  };
  return (
    <form className={`${styles.form} ${own.task}`} onSubmit={submit} noValidate aria-label="Set up an authenticator app">
      {!offer ? (
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onText={(text) => {
            setPassword(text);
            if (begin.error) begin.reset();
          }}
          error={at(problem, "current_password")}
        />
      ) : (
        <div className={own.scan}>
          <img className={own.picture} src={`data:image/svg+xml;base64,${btoa(offer.svg)}`} alt="QR code for your authenticator app. The same secret stands next to it as text." />
          <div>
            <p>Scan this with your authenticator app, or type the secret in by hand.</p>
            <code className={own.secret} tabIndex={0} aria-label="The secret">
              {offer.secret.match(/.{1,4}/g)?.join(" ")}
            </code>
            <TextField
              label="The six digits that the app shows"
              inputMode="numeric"
              autoComplete="one-time-code"
              autoFocus
              maxLength={7}
              value={code}
              onText={(text) => {
                setCode(text);
                if (confirm.error) confirm.reset();
              }}
              error={at(problem, "code")}
            />
          </div>
        </div>
      )}
      <FormProblem problem={problem} />
      <div className={styles.actions}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="main" type="submit" disabled={begin.isPending || confirm.isPending || (offer ? code.replace(/\D/g, "").length !== 6 : password === "")}>
          {offer ? (confirm.isPending ? "Checking…" : "Turn it on") : "Go on"}
        </Button>
      </div>
    </form>
  );
}
