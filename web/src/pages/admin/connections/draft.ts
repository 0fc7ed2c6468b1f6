// A connection while it is typed, and what is wrong with it. Pure. The server checks all of it again.

import type { Connection, ConnectionSettings, NameMapping, NewConnection, Oidc, Saml } from "../../../api/identity";
import type { Problem } from "../problem";
import { type SwitchName, isOn, switchesOf } from "./switches";

export type Rename = { theirs: string; ours: string };

/** `keep`: the stored one stays; there may be none. */
export type Secret = { what: "keep" } | { what: "remove" } | { what: "replace"; text: string; certificate: string };

export type Draft = {
  name: string;
  saml: Pick<Saml, "entity_id" | "sso_url" | "certificates" | "signed"> | null;
  /** Metadata that takes the place of entity id, address and certificates when it is saved. */
  metadata: string | null;
  oidc: Pick<Oidc, "issuer" | "client_id" | "scopes"> | null;
  secret: Secret;
  on: SwitchName[];
  mapping: Omit<NameMapping, "rename">;
  rename: Rename[];
};

export type Field = "name" | "metadata_xml" | "entity_id" | "sso_url" | "certificates" | "private_key" | "issuer" | "client_id" | "client_secret" | "scopes" | "mapping" | "switches";

export const FIELDS: readonly Field[] = ["name", "metadata_xml", "entity_id", "sso_url", "certificates", "private_key", "issuer", "client_id", "client_secret", "scopes", "mapping", "switches"];

export function draftOf({ settings }: Pick<Connection, "settings">): Draft {
  const { rename, ...mapping } = settings.mapping;
  return {
    name: settings.name,
    saml: settings.saml && { entity_id: settings.saml.entity_id, sso_url: settings.saml.sso_url, certificates: settings.saml.certificates, signed: settings.saml.signed },
    metadata: null,
    oidc: settings.oidc && { issuer: settings.oidc.issuer, client_id: settings.oidc.client_id, scopes: settings.oidc.scopes },
    secret: { what: "keep" },
    on: switchesOf(settings).flatMap(({ value }) => (isOn(settings, value) ? [value] : [])),
    mapping,
    rename: Object.entries(rename).map(([theirs, ours]) => ({ theirs, ours })),
  };
}

export function settingsOf(draft: Draft, saved: ConnectionSettings): ConnectionSettings {
  const has = (name: SwitchName) => draft.on.includes(name);
  const { secret } = draft;
  const rename = Object.fromEntries(draft.rename.map(({ theirs, ours }) => [theirs.trim(), ours.trim()] as const).filter(([theirs, ours]) => theirs !== "" && ours !== ""));
  return {
    name: draft.name.trim(),
    enabled: saved.enabled,
    saml:
      draft.saml && saved.saml
        ? {
            ...(draft.metadata === null ? {} : { metadata_xml: draft.metadata }),
            entity_id: draft.saml.entity_id.trim(),
            sso_url: draft.saml.sso_url.trim(),
            slo_url: saved.saml.slo_url,
            slo_response_url: saved.saml.slo_response_url,
            certificates: draft.saml.certificates,
            signed: draft.saml.signed,
            encrypted: has("encrypted"),
            signs_requests: has("signs_requests"),
            idp_initiated: has("idp_initiated"),
            ...(secret.what === "replace" ? { private_key: secret.text } : {}),
            certificate: secret.what === "replace" ? secret.certificate : secret.what === "remove" ? null : saved.saml.certificate,
          }
        : null,
    oidc: draft.oidc
      ? {
          issuer: draft.oidc.issuer.trim(),
          client_id: draft.oidc.client_id.trim(),
          ...(secret.what === "replace" && secret.text !== "" ? { client_secret: secret.text } : {}),
          secret_in_form: has("secret_in_form"),
          scopes: draft.oidc.scopes,
        }
      : null,
    mapping: { ...draft.mapping, rename },
    forbids_local_sign_in: has("forbids_local_sign_in"),
    adopts_by_verified_email: has("adopts_by_verified_email"),
    scim_links_by_user_name: has("scim_links_by_user_name"),
    single_logout: has("single_logout"),
  };
}

/** A new one, with nothing but what makes it one. */
export function newOf(draft: Draft): NewConnection {
  const name = draft.name.trim();
  if (draft.oidc) {
    const { issuer, client_id } = draft.oidc;
    const secret = draft.secret.what === "replace" && draft.secret.text !== "" ? { client_secret: draft.secret.text } : {};
    return { name, enabled: false, oidc: { issuer: issuer.trim(), client_id: client_id.trim(), ...secret } };
  }
  if (draft.metadata !== null) return { name, enabled: false, saml: { metadata_xml: draft.metadata } };
  const { entity_id = "", sso_url = "", certificates = [] } = draft.saml ?? {};
  return { name, enabled: false, saml: { entity_id: entity_id.trim(), sso_url: sso_url.trim(), certificates } };
}

/** Whether the stored secret would go to somebody else, so that it has to be typed again. */
export function needsSecret(draft: Draft, saved: Connection): boolean {
  const before = saved.settings.oidc;
  return Boolean(saved.has_secret && before && draft.oidc && (draft.oidc.issuer.trim() !== before.issuer || draft.oidc.client_id.trim() !== before.client_id));
}

/** TLS, or a provider on the server's own machine. */
function isAddress(text: string): boolean {
  return /^https:\/\/[^/]/.test(text) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])([:/]|$)/.test(text);
}

export function wrongIn(draft: Draft, saved: Connection | null): Partial<Record<Field, string>> {
  const wrong: Partial<Record<Field, string>> = {};
  if (draft.name.trim() === "") wrong.name = "A name is needed.";
  if (draft.saml && draft.metadata === null) {
    if (draft.saml.entity_id.trim() === "") wrong.entity_id = "The provider's entity id is needed.";
    if (!isAddress(draft.saml.sso_url.trim())) wrong.sso_url = "An address that begins with https:// is needed.";
    if (draft.saml.certificates.length === 0) wrong.certificates = "At least one certificate is needed.";
    if (draft.saml.certificates.length > 10) wrong.certificates = "At most ten certificates.";
  }
  if (draft.metadata !== null && draft.metadata.trim() === "") wrong.metadata_xml = "Choose the file, or paste its text.";
  if (draft.saml && saved) {
    const { secret } = draft;
    if (secret.what === "replace" && (secret.text.trim() === "" || secret.certificate.trim() === "")) wrong.private_key = "Both are needed, the private key and its certificate.";
    const key = secret.what === "replace" || (secret.what === "keep" && saved.has_secret);
    if (!key && (draft.on.includes("encrypted") || draft.on.includes("signs_requests") || draft.on.includes("single_logout"))) wrong.switches = "Signed requests, encrypted assertions and signing out at the provider need our key. Add one below.";
  }
  if (draft.oidc) {
    if (!isAddress(draft.oidc.issuer.trim()) || /[?#]/.test(draft.oidc.issuer)) wrong.issuer = "An address that begins with https:// is needed, letter by letter as the provider says.";
    if (draft.oidc.client_id.trim() === "") wrong.client_id = "The client id is needed.";
    const typed = draft.secret.what === "replace" ? draft.secret.text : "";
    if (saved && typed === "" && needsSecret(draft, saved)) wrong.client_secret = "Type the secret again: it would go to another issuer or client now.";
    else if (saved && draft.secret.what === "replace" && typed === "") wrong.client_secret = "Type the new secret, or keep the stored one.";
  }
  if (draft.rename.some(({ theirs, ours }) => (theirs.trim() === "") !== (ours.trim() === ""))) wrong.mapping = "Each renamed attribute needs both names.";
  return wrong;
}

const REFUSED: Partial<Record<Field, string>> = {
  name: "A name is needed, of 200 letters at most.",
  entity_id: "The entity id is missing or too long.",
  sso_url: "The address is missing, too long, or does not begin with https://.",
  certificates: "One of them is not a certificate that can be read, or there are more than ten.",
  private_key: "The key can't be read, or the certificate is not its own.",
  issuer: "The issuer is missing, too long, or not an https address.",
  client_id: "The client id is missing or too long.",
  client_secret: "Type the secret again: it would go to another issuer or client now.",
  scopes: "At most 20 scopes, without spaces.",
  mapping: "A name in the mapping is empty or too long, or there are more than 200.",
};

/** What the server said of a connection, at the field and in more words than "is missing, too long or wrong". */
export function explained(problem: Problem | null): Problem | null {
  if (!problem) return null;
  const metadata = /^Field "metadata_xml": (.*)$/.exec(problem.text)?.[1];
  if (metadata) return { field: "metadata_xml", text: metadata.charAt(0).toUpperCase() + metadata.slice(1) };
  const text = problem.field === null ? undefined : REFUSED[problem.field as Field];
  return text ? { ...problem, text } : problem;
}

/** The certificates in a text: PEM, several one after the other, or the bare base64 of one. */
export function certificatesIn(text: string): string[] {
  const pem = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (pem) return pem;
  const bare = text.replace(/\s+/g, "");
  return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(bare) ? [bare] : [];
}
