import type { Connection } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { ListField, SelectField, TextField } from "../../../ui/Field";
import styles from "../AdminPage.module.css";
import { Certificates } from "./Certificates";
import own from "./Connections.module.css";
import { MetadataField } from "./MetadataField";
import { type Draft, type Field, needsSecret } from "./draft";
import { SIGNED } from "./switches";

type Props = { draft: Draft; onDraft: (patch: Partial<Draft>) => void; said: (field: Field) => string | null; saved: Connection | null };

/** Who the provider is: by its metadata or by hand; by issuer and client. */
export function ProviderFields(props: Props) {
  return props.draft.saml ? <SamlFields {...props} saml={props.draft.saml} /> : props.draft.oidc ? <OidcFields {...props} oidc={props.draft.oidc} /> : null;
}

function SamlFields({ draft, onDraft, said, saved, saml }: Props & { saml: NonNullable<Draft["saml"]> }) {
  const put = (patch: Partial<typeof saml>) => onDraft({ saml: { ...saml, ...patch } });
  return (
    <>
      {draft.metadata !== null ? (
        <>
          <MetadataField text={draft.metadata} onText={(metadata) => onDraft({ metadata })} error={said("metadata_xml")} />
          {saved && (
            <div>
              <Button onClick={() => onDraft({ metadata: null })}>Keep what is stored</Button>
            </div>
          )}
        </>
      ) : (
        <>
          <TextField label="Entity id of the provider" value={saml.entity_id} onText={(entity_id) => put({ entity_id })} error={said("entity_id")} autoComplete="off" spellCheck={false} hint="Also called issuer, or IdP entity id." />
          <TextField label="Sign-in address of the provider" type="url" value={saml.sso_url} onText={(sso_url) => put({ sso_url })} error={said("sso_url")} autoComplete="off" spellCheck={false} hint="Where requests go by redirect: the single sign-on URL." />
          <Certificates certificates={saml.certificates} onCertificates={(certificates) => put({ certificates })} error={said("certificates")} />
          {saved && (
            <div>
              <Button onClick={() => onDraft({ metadata: "" })}>Read these from new metadata</Button>
            </div>
          )}
        </>
      )}
      {saved && <SelectField label="Must be signed" value={saml.signed} options={SIGNED} onText={(signed) => put({ signed: SIGNED.find(([value]) => value === signed)?.[0] ?? "assertion" })} hint="What is not signed in this way is refused. Google signs only the response when “Signed response” is on there." />}
    </>
  );
}

function OidcFields({ draft, onDraft, said, saved, oidc }: Props & { oidc: NonNullable<Draft["oidc"]> }) {
  const put = (patch: Partial<typeof oidc>) => onDraft({ oidc: { ...oidc, ...patch } });
  const replacing = draft.secret.what === "replace";
  const again = saved !== null && needsSecret(draft, saved);
  return (
    <>
      <TextField label="Issuer" type="url" value={oidc.issuer} onText={(issuer) => put({ issuer })} error={said("issuer")} autoComplete="off" spellCheck={false} hint="Letter by letter as the provider's discovery document says, such as https://sso.acme.example/realms/acme." />
      <TextField label="Client id" value={oidc.client_id} onText={(client_id) => put({ client_id })} error={said("client_id")} autoComplete="off" spellCheck={false} />
      {saved?.has_secret && !replacing && !again ? (
        <Kept title="Client secret" words="Is set. It is never shown." action="Replace" onAct={() => onDraft({ secret: { what: "replace", text: "", certificate: "" } })} />
      ) : (
        <div className={own.group}>
          <TextField
            label="Client secret"
            type="password"
            value={draft.secret.what === "replace" ? draft.secret.text : ""}
            onText={(text) => onDraft({ secret: text === "" && !saved?.has_secret ? { what: "keep" } : { what: "replace", text, certificate: "" } })}
            error={said("client_secret")}
            autoComplete="new-password"
            hint={again ? "Typed again, because issuer or client id changed." : "Goes in and never comes out. Leave it empty for a client without one."}
          />
          {saved?.has_secret && !again && (
            <div>
              <Button onClick={() => onDraft({ secret: { what: "keep" } })}>Keep the stored secret</Button>
            </div>
          )}
        </div>
      )}
      {saved && <ListField label="Scopes besides openid" values={oidc.scopes} onValues={(scopes) => put({ scopes })} error={said("scopes")} placeholder="email" hint="As usual: email and profile. Every claim that counts must be in the ID token." />}
    </>
  );
}

/** A secret that is stored: that it is there can be said, what it is can't. */
export function Kept({ title, words, action, onAct, children }: { title: string; words: string; action: string; onAct: () => void; children?: React.ReactNode }) {
  return (
    <div className={own.kept}>
      <div>
        {title}
        <span className={styles.sub}>{words}</span>
      </div>
      <div className={own.line}>
        <Button aria-label={`${action} ${title.toLowerCase()}`} onClick={onAct}>
          {action}
        </Button>
        {children}
      </div>
    </div>
  );
}
