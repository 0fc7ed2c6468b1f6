import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { type Connection, type NewConnection, connectionsQuery } from "../../../api/identity";
import { call } from "../../../api/client";
import { Button } from "../../../ui/Button";
import buttons from "../../../ui/Button.module.css";
import { ChoiceField, TextField } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import { Unsaved } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import people from "../people/People.module.css";
import { problemOf } from "../problem";
import { ProviderFields } from "./ProviderFields";
import { type Draft, FIELDS, type Field, explained, newOf, wrongIn } from "./draft";

const EMPTY: Draft = {
  name: "",
  saml: { entity_id: "", sso_url: "", certificates: [], signed: "assertion" },
  metadata: "",
  oidc: null,
  secret: { what: "keep" },
  on: [],
  mapping: { email: [], name: [], roles: [], groups: [], comma_lists: [] },
  rename: [],
};

const KINDS = [
  { value: "saml", title: "SAML 2.0", note: "The usual way for Okta, Entra ID and Google" },
  { value: "oidc", title: "OpenID Connect", note: "The usual way for Keycloak" },
] as const;

const WAYS = [
  { value: "metadata", title: "From its metadata", note: "A file that the provider gives" },
  { value: "hand", title: "By hand", note: "Entity id, address, certificates" },
] as const;

/** A connection with no more than what makes it one. It starts switched off; everything else is on its own page. */
export function NewConnectionPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [tried, setTried] = useState(false);
  const make = useMutation({
    mutationFn: (body: NewConnection) => call<Connection>("/connections", { method: "POST", body }),
    // The secret is in what was sent.
    gcTime: 0,
    onSuccess: async (made) => {
      client.setQueryData(connectionsQuery.queryKey, (now) => now && [...now, made]);
      await client.invalidateQueries(connectionsQuery);
      await navigate({ to: "/admin/connections/$id", params: { id: made.id }, ignoreBlocker: true });
      make.reset();
    },
  });
  const problem = explained(problemOf(make.error, FIELDS));
  const wrong = wrongIn(draft, null);
  const said = (field: Field): string | null => (tried ? (wrong[field] ?? null) : null) ?? (problem?.field === field ? problem.text : null);
  const put = (patch: Partial<Draft>) => {
    setDraft({ ...draft, ...patch });
    if (make.error) make.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) make.mutate(newOf(draft));
    // What is wrong is said at the fields; the first of them is where to go on.
    else window.setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus(), 0);
  };
  return (
    <form ref={form} className={styles.page} onSubmit={submit} noValidate aria-label="Add an identity provider">
      <Unsaved changed={!make.isSuccess && JSON.stringify(draft) !== JSON.stringify(EMPTY)} />
      <Link to="/admin/connections" className={people.back}>
        <Icon name="left" size={16} />
        All identity providers
      </Link>
      <div className={people.top}>
        <h2>Add an identity provider</h2>
      </div>
      <Panel title="What it is" lead="It starts switched off. The next page has our addresses, which the provider asks for, and lets you try it on somebody first. A provider that wants our addresses before it gives its metadata takes any for now: put the right ones in afterwards.">
        <div className={styles.form}>
          <TextField label="Name" value={draft.name} onText={(name) => put({ name })} error={said("name")} autoComplete="off" placeholder="Okta" hint={`The button on the sign-in page says: Sign in with ${draft.name.trim() || "…"}`} />
          <ChoiceField
            legend="It speaks"
            options={KINDS}
            value={draft.oidc ? "oidc" : "saml"}
            onValue={(kind) => put(kind === "oidc" ? { saml: null, metadata: null, oidc: { issuer: "", client_id: "", scopes: [] }, secret: { what: "keep" } } : { saml: EMPTY.saml, metadata: "", oidc: null, secret: { what: "keep" } })}
          />
        </div>
      </Panel>
      <Panel title="The provider">
        <div className={styles.form}>
          {draft.saml && <ChoiceField legend="Described" options={WAYS} value={draft.metadata === null ? "hand" : "metadata"} onValue={(way) => put({ metadata: way === "hand" ? null : "" })} />}
          <ProviderFields draft={draft} onDraft={put} said={said} saved={null} />
          <FormProblem problem={problem} />
          <div className={styles.actions}>
            <Link to="/admin/connections" className={buttons.button}>
              Cancel
            </Link>
            <Button look="main" type="submit" disabled={make.isPending}>
              {make.isPending ? "Adding…" : "Add, switched off"}
            </Button>
          </div>
        </div>
      </Panel>
    </form>
  );
}
