// The switches of a connection, each in a sentence. All are off as usual, and what must be signed is the assertion. Pure.

import type { ConnectionSettings, SignedPart } from "../../../api/identity";

export type SwitchName = "idp_initiated" | "signs_requests" | "encrypted" | "secret_in_form" | "adopts_by_verified_email" | "scim_links_by_user_name" | "single_logout" | "forbids_local_sign_in";

type Switch = { value: SwitchName; title: string; note: string; of: "saml" | "oidc" | "both" };

const SWITCHES: readonly Switch[] = [
  { value: "idp_initiated", of: "saml", title: "Sign-ins may begin at the provider", note: "From its portal, without asking us first. Leave it off if you can: then nothing shows that the browser wanted to sign in." },
  { value: "signs_requests", of: "saml", title: "Our requests are signed", note: "For providers that ask for it. Needs our key below." },
  { value: "encrypted", of: "saml", title: "Assertions come encrypted", note: "Plain ones are refused then. Needs our key below." },
  { value: "secret_in_form", of: "oidc", title: "The secret travels in the form", note: "For providers that do not take it in the header (client_secret_post)." },
  {
    value: "adopts_by_verified_email",
    of: "both",
    title: "Adopt accounts by verified e-mail",
    note: "A local account with the same e-mail becomes the person's at their first sign-in. Never an administrator's. Off: you link the two on the person's page.",
  },
  {
    value: "single_logout",
    of: "both",
    title: "Sign out at the provider too",
    note: "Whoever signs out here signs out there, and a SAML provider may end sessions here. SAML needs our key below and the provider's logout address, which its metadata names.",
  },
  {
    value: "scim_links_by_user_name",
    of: "both",
    title: "The directory's user name is the subject",
    note: "Somebody whom the provider's directory keeps here is known at sign-in by the user name, letter by letter. Off: by the external id only.",
  },
  {
    value: "forbids_local_sign_in",
    of: "both",
    title: "Passwords open nothing any more",
    note: "But for accounts that were given the role Administrator here and are linked to no provider. Keep one with a long password, for the day the provider is broken.",
  },
];

export const SIGNED: readonly (readonly [SignedPart, string])[] = [
  ["assertion", "The assertion (usual)"],
  ["response", "The response around it"],
  ["both", "Both"],
];

export function switchesOf(settings: Pick<ConnectionSettings, "saml">): readonly Switch[] {
  const kind = settings.saml ? "saml" : "oidc";
  return SWITCHES.filter((one) => one.of === "both" || one.of === kind);
}

export function isOn(settings: ConnectionSettings, name: SwitchName): boolean {
  switch (name) {
    case "adopts_by_verified_email":
    case "scim_links_by_user_name":
    case "single_logout":
    case "forbids_local_sign_in":
      return settings[name];
    case "secret_in_form":
      return settings.oidc?.secret_in_form ?? false;
    default:
      return settings.saml?.[name] ?? false;
  }
}

/** What is not as usual, in words. */
export function deviations(settings: ConnectionSettings): string[] {
  const words = switchesOf(settings)
    .filter(({ value }) => isOn(settings, value))
    .map(({ title }) => title);
  if (settings.saml?.signed === "response") words.unshift("The response must be signed");
  if (settings.saml?.signed === "both") words.unshift("Response and assertion must be signed");
  return words;
}
