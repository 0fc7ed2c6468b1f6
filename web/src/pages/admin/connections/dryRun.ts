// What somebody tries in a dry run, and what came out of it in words. Pure.

import type { Connection, DryRun, DryRunAnswer, Origin } from "../../../api/identity";
import { reasonWords } from "../reasons";

export type Way = "response" | "claims" | "attributes";

export function waysOf(connection: Connection): readonly { value: Way; title: string }[] {
  const first = connection.settings.saml ? { value: "response" as const, title: "A SAML response" } : { value: "claims" as const, title: "Claims of an ID token" };
  return [first, { value: "attributes", title: "Attributes, typed" }];
}

/** When a SAML response says it was issued. `null`: it says nothing that can be read. */
export function issuedAt(text: string): string | null {
  const found = /\bIssueInstant="([^"]{10,40})"/.exec(xmlOf(text))?.[1];
  return found && !Number.isNaN(Date.parse(found)) ? found : null;
}

function xmlOf(text: string): string {
  const plain = text.trim();
  if (plain.startsWith("<")) return plain;
  try {
    return atob(plain.replace(/\s+/g, ""));
  } catch {
    return "";
  }
}

/** As it was posted: base64, also when it was copied with the field's name in front or percent-encoded. */
export function cleaned(text: string): string {
  const plain = text.trim().replace(/^SAMLResponse[=:]\s*/, "");
  if (!/%[0-9A-Fa-f]{2}/.test(plain) || plain.startsWith("<")) return plain;
  try {
    return decodeURIComponent(plain.split("&")[0] ?? "");
  } catch {
    return plain;
  }
}

/** The claims that were typed, or what is wrong with them. */
export function claimsIn(text: string): { claims: Record<string, unknown> } | { wrong: string } {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return { claims: read as Record<string, unknown> };
    return { wrong: "Claims are an object: {\"email\": \"…\", \"roles\": […]}" };
  } catch {
    return { wrong: "That is not JSON. Claims look like {\"sub\": \"…\", \"email\": \"…\", \"roles\": [\"supervisor\"]}" };
  }
}

/** Whether anything is there to be tried. */
export function isSomething(input: DryRun): boolean {
  if ("response" in input) return input.response !== "";
  if ("claims" in input) return true;
  return Object.keys(input.attributes).length > 0 || input.subject !== "";
}

export type Outcome = { bad: boolean; words: string; code: string | null; next: string | null };

export function outcomeOf(answer: DryRunAnswer, enabled: boolean): Outcome {
  if (answer.refused !== null) return { bad: true, words: `Refused. ${reasonWords(answer.refused) ?? "The proof is not believed"}.`, code: answer.refused, next: "Nobody would come in with it, and nothing in it is believed." };
  if (answer.gives?.login === "") return { bad: true, words: `Refused. ${reasonWords("no_login") ?? ""}.`, code: "no_login", next: "Does the provider send an e-mail, and under a name that this page knows?" };
  if (answer.conflict === "account_exists")
    return { bad: true, words: "The door stays shut: another account has this login.", code: "account_exists", next: "Open that person's page and link it to this provider, or switch on “Adopt accounts by verified e-mail”." };
  if (answer.conflict === "inactive") return { bad: true, words: "The door stays shut: the account is deactivated.", code: "inactive", next: "Activate it on the person's page if they should come back." };
  if (answer.conflict !== null) return { bad: true, words: `The door stays shut: ${reasonWords(answer.conflict) ?? "the account can't be opened"}.`, code: answer.conflict, next: null };
  if (answer.enters === "no_flex_role") return { bad: true, words: "The door stays shut: the role Supervisor or Administrator is missing.", code: "role_missing", next: null };
  if (answer.enters === "no_wfo_role") return { bad: true, words: "The door stays shut: at least one of the wfo roles is missing, such as Dashboard viewer.", code: "role_missing", next: null };
  if (answer.enters === "yes") return { bad: false, words: "The door opens.", code: null, next: enabled ? null : "Once the provider is switched on: it is off now." };
  return { bad: true, words: "It can't be said whether the door opens.", code: answer.enters, next: null };
}

/** Whose account it is. An account that has no link to this connection yet is adopted by it. */
export function whoseWords(answer: DryRunAnswer, connection: string, origin: Origin | undefined): string | null {
  if (answer.refused !== null) return null;
  if (answer.conflict === "account_exists") return "Taken by somebody of another origin";
  if (answer.person === null) return answer.enters === "yes" ? "New: an account would be made" : "New: an account would be made all the same, and wait";
  if (!origin) return "Known here";
  return origin.connections.some((one) => one.connection === connection) ? "Known: linked to this provider" : "A local account, which would be adopted";
}
