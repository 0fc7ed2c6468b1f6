import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Person } from "../../../api/admin";
import { ApiError, call } from "../../../api/client";
import { connectionPath, connectionsQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { SelectField, TextField } from "../../../ui/Field";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import { useAskedClose } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { at, problemOf } from "../problem";
import { kindWords } from "../words";
import { renew } from "./renew";

/** Says that somebody at a provider is this person. An e-mail alone never does. */
export function LinkDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(connectionsQuery);
  const [connection, setConnection] = useState("");
  const [subject, setSubject] = useState("");
  const { close, ask } = useAskedClose(subject !== "", onClose);
  const chosen = data?.find(({ id }) => id === connection);
  const link = useMutation({
    mutationFn: () => call<undefined>(`${connectionPath(connection)}/identities`, { method: "POST", body: { person: person.id, subject } }),
    onSuccess: async () => {
      await renew(client, person);
      onClose();
    },
  });
  const known = problemOf(link.error, ["subject", "person"]);
  const taken = link.error instanceof ApiError && link.error.status === 409;
  const problem = taken ? { field: "subject", text: "This subject is linked to an account already. One is one person." } : known?.field === "subject" ? { ...known, text: "The subject is missing, longer than 256 letters, or has letters that can't be seen." } : known;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    link.mutate();
  };
  return (
    <Dialog title={`Link ${person.name} to an identity provider`} onClose={close}>
      {error && !data ? (
        <ErrorState error={error} onAgain={() => void refetch()} small />
      ) : !data ? (
        <Skeleton height={120} />
      ) : data.length === 0 ? (
        <div className={styles.form}>
          <p>There is no identity provider to link to yet.</p>
          <div className={styles.actions}>
            <Button onClick={onClose}>Close</Button>
            <Link to="/admin/connections">To the identity providers</Link>
          </div>
        </div>
      ) : (
        <form className={styles.form} onSubmit={submit} noValidate>
          <p>Whoever the provider calls by this name signs in as {person.name}, and gets what this account has here besides what the provider sends. Be sure that it is the same person.</p>
          <SelectField label="Identity provider" value={connection} options={[["", "Choose…"], ...data.map(({ id, settings }) => [id, `${settings.name} (${kindWords(settings.saml ? "saml" : "oidc")})`] as const)]} onText={setConnection} data-autofocus />
          <TextField
            label="Subject"
            value={subject}
            onText={(text) => {
              setSubject(text);
              if (link.error) link.reset();
            }}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            error={at(problem, "subject")}
            hint={`The provider's own name for them, letter by letter: ${chosen ? (chosen.settings.saml ? "the NameID" : "the claim sub") : "the NameID of SAML, the claim sub of OpenID Connect"}.`}
          />
          <FormProblem problem={problem} />
          {ask ?? (
            <div className={styles.actions}>
              <Button onClick={close}>Cancel</Button>
              <Button look="main" type="submit" disabled={connection === "" || subject === "" || link.isPending}>
                {link.isPending ? "Linking…" : "Link them"}
              </Button>
            </div>
          )}
        </form>
      )}
    </Dialog>
  );
}
