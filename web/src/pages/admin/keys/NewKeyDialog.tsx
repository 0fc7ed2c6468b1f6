import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type IssuedApiKey, type NewApiKey, keysQuery, peopleQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { connectionsQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ChecksField, SelectField, TextField } from "../../../ui/Field";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { at, problemOf } from "../problem";
import { SCOPES } from "../words";
import own from "./Keys.module.css";

const LASTS = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "A year"],
  ["", "Until it is revoked"],
] as const;

const DAY = 86_400_000;

export function NewKeyDialog({ owner, onClose }: { owner?: string; onClose: () => void }) {
  const client = useQueryClient();
  const { data: people } = useQuery(peopleQuery);
  const [name, setName] = useState("");
  const [person, setPerson] = useState(owner ?? "");
  const [scopes, setScopes] = useState<string[]>(["read:rows"]);
  const [connection, setConnection] = useState("");
  const scim = scopes.includes("scim");
  const { data: connections, error: unknown } = useQuery({ ...connectionsQuery, enabled: scim });
  const [days, setDays] = useState<string>("90");
  const make = useMutation({
    mutationFn: (body: NewApiKey) => call<IssuedApiKey>("/api-keys", { method: "POST", body }),
    onSuccess: () => client.invalidateQueries(keysQuery),
    // The secret is in the answer: it stays in this dialog and in no cache.
    gcTime: 0,
  });
  const problem = problemOf(make.error, ["name", "scopes", "person", "connection"]);
  const owners = (people ?? []).filter((one) => one.active);
  const options: [string, string][] = [["", people ? "Choose…" : "Loading…"], ...owners.map((one): [string, string] => [one.id, `${one.name} (${one.kind === "service" ? "service" : one.login})`])];
  const providers: [string, string][] = [["", connections ? (connections.length === 0 ? "There is none yet" : "Choose…") : unknown ? "They can't be loaded" : "Loading…"], ...(connections ?? []).map(({ id, settings }): [string, string] => [id, settings.name])];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), person, scopes, ...(scim ? { connection } : {}), expires_at: days === "" ? null : new Date(Date.now() + Number(days) * DAY).toISOString() });
  };
  if (make.data) return <Issued issued={make.data} name={name} onClose={onClose} />;
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField label="What is it for?" value={name} onText={setName} required autoComplete="off" placeholder="Nightly numbers for finance" error={at(problem, "name")} data-autofocus />
        <SelectField label="Acts for" value={person} options={options} onText={setPerson} hint="It sees the rows of this person or service, and never more than the scopes below allow." />
        <ChecksField legend="It may" options={SCOPES} values={scopes} onValues={setScopes} error={at(problem, "scopes") ?? (scopes.length === 0 ? "Choose at least one." : null)} />
        {scim && <SelectField label="Identity provider" value={connection} options={providers} onText={setConnection} error={at(problem, "connection")} hint="The key makes and changes people of this one, and nobody else's." />}
        <SelectField label="Lasts" value={days} options={LASTS} onText={setDays} />
        <FormProblem problem={problem} />
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={make.isPending || name.trim() === "" || person === "" || scopes.length === 0 || (scim && connection === "")}>
            {make.isPending ? "Making…" : "Make the key"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The only moment in which the key can be seen. */
function Issued({ issued, name, onClose }: { issued: IssuedApiKey; name: string; onClose: () => void }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    const done = (good: boolean) => () => setCopied(good);
    if (navigator.clipboard) void navigator.clipboard.writeText(issued.key).then(done(true), done(false));
    else setCopied(false);
  };
  return (
    <Dialog title={`The key for ${name}`} onClose={onClose}>
      <div className={styles.form}>
        <p>Copy it now and keep it where secrets are kept. It is not shown again: whoever loses it makes another.</p>
        <code className={own.secret} tabIndex={0} aria-label="The key">
          {issued.key}
        </code>
        <div className={styles.actions}>
          <span role="status">{copied === true ? "Copied." : copied === false ? "The browser did not let us copy. Select it and copy by hand." : ""}</span>
          <Button icon="copy" onClick={copy}>
            Copy
          </Button>
          <Button look="main" onClick={onClose}>
            I have stored it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
