import { describe, expect, it } from "vitest";
import type { Person } from "../../../api/admin";
import type { Connection, DryRunAnswer, Origin } from "../../../api/identity";
import { lockedAttributes, lockedRoles, ownAttributes } from "../people/provided";
import { reasonWords } from "../reasons";
import { doorWords } from "../words";
import { certificatesIn, draftOf, explained, newOf, settingsOf, wrongIn } from "./draft";
import { claimsIn, cleaned, issuedAt, outcomeOf, whoseWords } from "./dryRun";
import { deviations } from "./switches";

const MAPPING = { email: ["email"], name: ["name"], roles: ["roles"], groups: ["groups"], rename: { dept: "department" }, comma_lists: [] };

const saml: Connection = {
  id: "c1",
  version: 3,
  has_secret: true,
  metadata_url: "https://us/sso/c1/metadata",
  acs_url: "https://us/sso/c1/acs",
  callback_url: null,
  logout_url: "https://us/sso/c1/slo",
  created_at: "",
  changed_at: "",
  settings: {
    name: "Okta",
    enabled: true,
    saml: { entity_id: "urn:okta", sso_url: "https://okta.example/sso", slo_url: "https://okta.example/slo", slo_response_url: "https://okta.example/slo/done", certificates: ["AAA"], signed: "both", encrypted: true, signs_requests: false, idp_initiated: false, certificate: "OURS" },
    oidc: null,
    mapping: MAPPING,
    forbids_local_sign_in: false,
    adopts_by_verified_email: true,
    scim_links_by_user_name: true,
    single_logout: true,
  },
};

const oidc: Connection = {
  ...saml,
  id: "c2",
  settings: { ...saml.settings, saml: null, oidc: { issuer: "https://sso.example", client_id: "us", secret_in_form: true, scopes: ["email"] }, adopts_by_verified_email: false, scim_links_by_user_name: false, single_logout: false },
};

describe("a connection while it is typed", () => {
  it("goes back as it came when nothing was typed, without its secret", () => {
    expect(settingsOf(draftOf(saml), saml.settings)).toEqual(saml.settings);
    expect(settingsOf(draftOf(oidc), oidc.settings)).toEqual(oidc.settings);
    expect(wrongIn(draftOf(saml), saml)).toEqual({});
    expect(wrongIn(draftOf(oidc), oidc)).toEqual({});
  });

  it("never switches itself on or off", () => {
    expect(settingsOf(draftOf({ settings: { ...saml.settings, enabled: false } }), { ...saml.settings, enabled: false }).enabled).toBe(false);
    expect(newOf(draftOf(oidc)).enabled).toBe(false);
  });

  it("sends a secret only when one was typed", () => {
    const typed = settingsOf({ ...draftOf(oidc), secret: { what: "replace", text: "s3cret", certificate: "" } }, oidc.settings);
    expect(typed.oidc?.client_secret).toBe("s3cret");
    const key = settingsOf({ ...draftOf(saml), secret: { what: "replace", text: "KEY", certificate: "CERT" } }, saml.settings);
    expect(key.saml).toMatchObject({ private_key: "KEY", certificate: "CERT" });
    expect(settingsOf({ ...draftOf(saml), secret: { what: "remove" }, on: [] }, saml.settings).saml).toMatchObject({ certificate: null });
  });

  it("asks for the secret again when it would go elsewhere", () => {
    const draft = draftOf(oidc);
    const moved = { ...draft, oidc: { issuer: "https://elsewhere.example", client_id: "us", scopes: [] } };
    expect(wrongIn(moved, oidc).client_secret).toMatch(/again/);
    expect(wrongIn({ ...moved, secret: { what: "replace", text: "s", certificate: "" } }, oidc)).toEqual({});
    expect(wrongIn(moved, { ...oidc, has_secret: false })).toEqual({});
  });

  it("does not encrypt without a key", () => {
    expect(wrongIn({ ...draftOf(saml), secret: { what: "remove" } }, saml).switches).toBeDefined();
    expect(wrongIn(draftOf(saml), { ...saml, has_secret: false }).switches).toBeDefined();
  });

  it.each(["http://okta.example", "okta.example", "https://", "javascript:alert(1)", "http://localhost.evil.example"])("takes no address like %s", (sso_url) => {
    const draft = draftOf(saml);
    expect(wrongIn({ ...draft, saml: draft.saml && { ...draft.saml, sso_url } }, saml).sso_url).toBeDefined();
  });

  it("needs both names of an attribute that is renamed, and forgets empty rows", () => {
    expect(wrongIn({ ...draftOf(saml), rename: [{ theirs: "a", ours: " " }] }, saml).mapping).toBeDefined();
    expect(settingsOf({ ...draftOf(saml), rename: [{ theirs: "", ours: "" }] }, saml.settings).mapping.rename).toEqual({});
  });

  it("finds certificates in PEM, several at once, and in base64", () => {
    const one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect(certificatesIn(`Bag\n${one}\nmore\n${one.replace("AAAA", "BBBB")}\n`)).toHaveLength(2);
    expect(certificatesIn(`${"A".repeat(60)}\n${"B".repeat(60)}==`)).toEqual([`${"A".repeat(60)}${"B".repeat(60)}==`]);
    expect(certificatesIn("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")).toEqual([]);
  });

  it("says what the server said at the field", () => {
    expect(explained({ field: null, text: 'Field "metadata_xml": the metadata has no address.' })).toEqual({ field: "metadata_xml", text: "The metadata has no address." });
    expect(explained({ field: "certificates", text: "wrong" })?.text).toMatch(/certificate/);
    expect(explained({ field: null, text: "Busy." })).toEqual({ field: null, text: "Busy." });
  });

  it("counts what is not as usual", () => {
    expect(deviations(saml.settings)).toEqual(["Response and assertion must be signed", "Assertions come encrypted", "Adopt accounts by verified e-mail", "Sign out at the provider too", "The directory's user name is the subject"]);
    expect(deviations(oidc.settings)).toEqual(["The secret travels in the form"]);
  });
});

describe("a dry run", () => {
  const gives = { login: "a@acme.example", email: null, name: "A", roles: [], unknown_roles: [], attributes: {}, groups: [], unknown_groups: [], cut: [] };
  const answer = (more: Partial<DryRunAnswer>): DryRunAnswer => ({ refused: null, person: null, conflict: null, enters: "yes", gives, ...more });

  it.each([
    [answer({}), false, null],
    [answer({ refused: "saml_audience", enters: null, gives: null }), true, "saml_audience"],
    [answer({ refused: "made_up", enters: null, gives: null }), true, "made_up"],
    [answer({ conflict: "account_exists" }), true, "account_exists"],
    [answer({ conflict: "inactive", person: "p" }), true, "inactive"],
    [answer({ enters: "no_flex_role" }), true, "role_missing"],
    [answer({ enters: "no_wfo_role" }), true, "role_missing"],
    [answer({ enters: "something_new" }), true, "something_new"],
    [answer({ gives: { ...gives, login: "" } }), true, "no_login"],
  ])("%# says whether the door opens", (one, bad, code) => expect(outcomeOf(one, true)).toMatchObject({ bad, code }));

  it("says that a door which is switched off opens nothing yet", () => expect(outcomeOf(answer({}), false).next).toMatch(/off now/));

  it("says whose account it is", () => {
    const origin = (connection: string): Origin => ({ given: { roles: [], attributes: {} }, connections: [{ connection } as Origin["connections"][number]], groups: [], worker: null });
    expect(whoseWords(answer({ refused: "saml_time" }), "c1", undefined)).toBeNull();
    expect(whoseWords(answer({}), "c1", undefined)).toMatch(/^New/);
    expect(whoseWords(answer({ person: "p" }), "c1", origin("c1"))).toMatch(/^Known/);
    expect(whoseWords(answer({ person: "p" }), "c1", origin("c2"))).toMatch(/adopted/);
    expect(whoseWords(answer({ conflict: "account_exists" }), "c1", undefined)).toMatch(/^Taken/);
  });

  it("reads a response as it was copied", () => {
    const xml = '<samlp:Response ID="x" IssueInstant="2026-11-20T09:00:00Z">';
    const base64 = btoa(xml);
    expect(issuedAt(xml)).toBe("2026-11-20T09:00:00Z");
    expect(issuedAt(base64)).toBe("2026-11-20T09:00:00Z");
    expect(issuedAt("<samlp:Response IssueInstant=\"yesterday or so\">")).toBeNull();
    expect(issuedAt("%%%")).toBeNull();
    expect(cleaned(`SAMLResponse=${encodeURIComponent(`${base64}==`)}&RelayState=%2F`)).toBe(`${base64}==`);
    expect(cleaned(" <a b='%20'/> ")).toBe("<a b='%20'/>");
  });

  it("takes claims that are an object, and nothing else", () => {
    expect(claimsIn('{"sub":"1"}')).toEqual({ claims: { sub: "1" } });
    for (const text of ["", "[]", "null", "{", '"x"']) expect(claimsIn(text)).toHaveProperty("wrong");
  });
});

describe("what is changed elsewhere", () => {
  const person = { provided_roles: ["wfo.team_leader", "wfo.dashboard_viewer", "admin"], provided_attributes: { team: ["Anvils"] }, attributes: { team: ["Anvils"], market: ["CZ"] } } as unknown as Person;
  const origin = {
    connections: [{ connection: "c1", name: "Okta", roles: ["wfo.team_leader"], attributes: { team: ["Anvils"] } }],
    groups: [{ id: "g", name: "Viewers", connection: "c1", roles: ["wfo.dashboard_viewer"], attributes: {} }],
  } as unknown as Origin;

  it("is locked, with where to change it", () => {
    expect(Object.fromEntries(lockedRoles(person, origin))).toEqual({
      "wfo.team_leader": "From Okta: change it there",
      "wfo.dashboard_viewer": "From Okta by the group Viewers: change it there",
      admin: "From the identity provider: change it there",
    });
    expect(lockedAttributes(person, origin)["team"]?.from).toBe("From Okta: change it there");
    expect(ownAttributes(person)).toEqual({ market: ["CZ"] });
  });

  it("is locked also before it is known where it is from", () => expect(lockedRoles(person, undefined).size).toBe(3));
});

describe("the door", () => {
  it.each([
    [["supervisor", "wfo.team_leader"], "Opens the door"],
    [["admin"], "Opens the door together with a wfo role"],
    [["wfo.team_leader"], "Opens the door together with Supervisor or Administrator"],
    [["supervisor", "wfo.made_up"], "Opens the door together with a wfo role"],
    [["agent"], "Does not open the door"],
  ])("%s: %s", (roles, words) => expect(doorWords(roles)).toBe(words));
});

it("reasons have words, and a new one has none", () => {
  expect(reasonWords("saml_replay")).toMatch(/before/);
  expect(reasonWords("made_up")).toBeNull();
});
