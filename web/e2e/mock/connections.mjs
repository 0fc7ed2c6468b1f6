// Identity providers, groups and origins of the stand-in server. What a proof gives is worked out by the same steps as the
// server's, without any of its checks: a signature "fits" unless the document says forged.

import { randomUUID } from "node:crypto";
import { stamp } from "./data.mjs";

const BASE = "https://parclose.acme.example";
const HOUR = 3_600_000;
const ago = (ms) => stamp(Date.now() - ms);

const KNOWN = ["agent", "supervisor", "admin", "wfo.full_access", "wfo.team_leader", "wfo.data_analyst", "wfo.data_auditor", "wfo.quality_manager", "wfo.quality_process_manager", "wfo.dashboard_viewer"];

const MAPPING = {
  email: ["email", "mail", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3"],
  name: ["full_name", "name", "displayName", "http://schemas.microsoft.com/identity/claims/displayname", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "urn:oid:2.16.840.1.113730.3.1.241"],
  roles: ["roles", "Role", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],
  groups: ["groups", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"],
  rename: {},
  comma_lists: [],
};

const CERTIFICATE = Buffer.from("a stand-in for the DER of a certificate, long enough to have a fingerprint".repeat(8)).toString("base64");
const SAML = { entity_id: "", sso_url: "", slo_url: null, slo_response_url: null, certificates: [], signed: "assertion", encrypted: false, signs_requests: false, idp_initiated: false, certificate: null };
const OIDC = { issuer: "", client_id: "", secret_in_form: false, scopes: ["email", "profile"] };

function connection(id, settings, more = {}) {
  const is = (kind) => (settings[kind] ? (what) => `${BASE}/sso/${id}/${what}` : () => null);
  const all = { name: "", enabled: false, saml: null, oidc: null, mapping: structuredClone(MAPPING), forbids_local_sign_in: false, adopts_by_verified_email: false, scim_links_by_user_name: false, single_logout: false, ...settings };
  return { id, version: 1, has_secret: false, metadata_url: is("saml")("metadata"), acs_url: is("saml")("acs"), callback_url: is("oidc")("callback"), logout_url: settings.saml ? `${BASE}/sso/${id}/slo` : `${BASE}/sign-in`, created_at: ago(0), changed_at: ago(0), settings: all, ...more };
}

export function makeConnections() {
  return [
    connection("c0ffee0011223344", { name: "Keycloak for partners", oidc: { ...OIDC, issuer: "https://sso.partner.example/realms/acme", client_id: "parclose" } }, { has_secret: true, changed_at: ago(30 * 24 * HOUR) }),
    connection(
      "0c7a0c7a0c7a0c7a",
      {
        name: "Okta",
        enabled: true,
        saml: { ...SAML, entity_id: "http://www.okta.com/exk1a2b3c4d5", sso_url: "https://acme.okta.example/app/parclose/exk1a2b3c4d5/sso/saml", certificates: [CERTIFICATE], idp_initiated: true },
        adopts_by_verified_email: true,
      },
      { version: 7, changed_at: ago(3 * HOUR) },
    ),
  ];
}

export function makeGroups() {
  return [
    { id: "g1", name: "Anvils Leads", roles: ["supervisor", "wfo.team_leader"], attributes: { team: ["Anvils"] } },
    { id: "g2", name: "Contact centre, everybody", roles: ["wfo.dashboard_viewer"], attributes: {} },
    { id: "g3", name: "Market CZ + SK", roles: ["wfo.old_viewer"], attributes: { market: ["CZ", "SK"] } },
  ];
}

/** Where people's rights come from, beside what an administrator gave. */
export function makeOrigins() {
  const okta = { connection: "0c7a0c7a0c7a0c7a", name: "Okta", kind: "saml", enabled: true };
  return {
    "p-okta.mix": {
      connections: [{ ...okta, subject: "00u1a2b3c4D5e6F7g8h9", source: "login", linked_by: "login", at: ago(3 * HOUR), roles: ["wfo.team_leader", "okta.everyone"], attributes: { department: ["Tennis Balls"], team: ["Tennis Balls"] } }],
      groups: [{ id: "g2", name: "Contact centre, everybody", connection: okta.connection, roles: ["wfo.dashboard_viewer"], attributes: {} }],
      worker: {
        worker_id: "WK5a1b2c3d4e5f60718293a4b5c6d7e8f9",
        name: "okta.mix@acme.example",
        matched_by: "email",
        seen_at: ago(2 * HOUR),
        attributes: { team_name: ["Anvils"], department_name: ["Tennis Balls"], skills: ["calls", "chat"] },
        differences: [{ attribute: "team", person: ["Tennis Balls"], worker: ["Anvils"] }],
      },
    },
    "p-cz": {
      connections: [],
      groups: [],
      worker: { worker_id: "WK00112233445566778899aabbccddeeff", name: "cenek.zeman", matched_by: "friendly_id", seen_at: null, attributes: {}, differences: [] },
    },
  };
}

const shownGroup = (group) => ({ ...group, unknown_roles: group.roles.filter((role) => !KNOWN.includes(role)) });
const invalid = (refuse, field) => refuse(400, "bad_request", `The field "${field}" is missing, too long or wrong.`, { field });

/** Settings as they are stored: metadata read, secrets aside. */
function read(body, refuse, before) {
  const settings = { mapping: structuredClone(MAPPING), forbids_local_sign_in: false, adopts_by_verified_email: false, scim_links_by_user_name: false, single_logout: false, enabled: false, ...body, saml: null, oidc: null };
  if (!body.name?.trim()) throw invalid(refuse, "name");
  let secret = before?.has_secret ?? false;
  if (body.saml) {
    const { metadata_xml, private_key, ...saml } = { ...SAML, ...body.saml };
    if (metadata_xml !== undefined) {
      const entity = /entityID="([^"]+)"/.exec(metadata_xml)?.[1];
      const address = /SingleSignOnService[^>]*HTTP-Redirect[^>]*Location="([^"]+)"/.exec(metadata_xml)?.[1];
      const certificates = [...metadata_xml.matchAll(/X509Certificate>\s*([^<]+?)\s*</g)].map(([, text]) => text);
      if (!entity || !address) throw refuse(400, "bad_request", 'Field "metadata_xml": the metadata has no identity provider with a redirect address.');
      Object.assign(saml, { entity_id: entity, sso_url: address, certificates });
    }
    if (!saml.entity_id) throw invalid(refuse, "entity_id");
    if (saml.certificates.length === 0 || saml.certificates.some((one) => one.includes("broken"))) throw invalid(refuse, "certificates");
    secret = private_key !== undefined || (secret && saml.certificate === before?.settings.saml.certificate);
    if (private_key?.includes("broken")) throw invalid(refuse, "private_key");
    settings.saml = saml;
  } else {
    const { client_secret, ...oidc } = { ...OIDC, ...body.oidc };
    if (!oidc.issuer.startsWith("https://")) throw invalid(refuse, "issuer");
    secret = client_secret !== undefined || secret;
    settings.oidc = oidc;
  }
  return { settings, has_secret: secret };
}

function proofOf(body, of, refuse) {
  const given = ["response", "claims", "attributes"].filter((name) => body[name] !== undefined);
  if (given.length !== 1) throw refuse(400, "bad_request", 'Try exactly one of "response", "claims", "attributes".');
  const listed = (value) => (Array.isArray(value) ? value.map(String) : [String(value)]);
  if (body.attributes) return { subject: body.subject ?? "", attributes: body.attributes };
  if (body.claims) return { subject: String(body.claims.sub ?? ""), attributes: Object.fromEntries(Object.entries(body.claims).map(([name, value]) => [name, listed(value)])) };
  if (!of.settings.saml) throw invalid(refuse, "response");
  const xml = body.response.trim().startsWith("<") ? body.response : Buffer.from(body.response, "base64").toString("utf8");
  if (!xml.includes("Response")) return { refused: "saml_encoding" };
  if (xml.includes("forged")) return { refused: "saml_signature" };
  const issued = Date.parse(/IssueInstant="([^"]+)"/.exec(xml)?.[1] ?? "");
  const at = body.at ? Date.parse(body.at) : Date.now();
  if (!(Math.abs(at - issued) < 480_000)) return { refused: "saml_time" };
  const attributes = {};
  for (const [, name, inside] of xml.matchAll(/<(?:saml:)?Attribute Name="([^"]+)"[^>]*>(.*?)<\/(?:saml:)?Attribute>/gs)) attributes[name] = [...inside.matchAll(/<(?:saml:)?AttributeValue[^>]*>([^<]*)</g)].map(([, value]) => value.replaceAll("&amp;", "&"));
  return { subject: /NameID[^>]*>([^<]+)</.exec(xml)?.[1] ?? "", attributes };
}

function dryRun(world, of, body, refuse) {
  const proof = proofOf(body, of, refuse);
  if (proof.refused) return { refused: proof.refused, person: null, conflict: null, enters: null, gives: null };
  const { mapping } = of.settings;
  const { subject, attributes: sent } = proof;
  const first = (names) => names.flatMap((name) => sent[name] ?? [])[0];
  const split = (names) => names.flatMap((name) => sent[name] ?? []);
  const email = first(mapping.email) ?? null;
  const login = email ?? subject;
  const roles = split(mapping.roles).flatMap((one) => one.split(",").map((role) => role.trim())).filter(Boolean);
  const taken = new Set([...mapping.email, ...mapping.name, ...mapping.roles, ...mapping.groups]);
  const attributes = Object.fromEntries(Object.entries(sent).filter(([name]) => !taken.has(name)).map(([name, values]) => [mapping.rename[name] ?? name, [...values]]));
  const [groups, unknown_groups] = [[], []];
  for (const name of split(mapping.groups)) {
    const group = world.groups.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!group) unknown_groups.push(name);
    else {
      groups.push(group.name);
      roles.push(...group.roles);
      for (const [attribute, values] of Object.entries(group.attributes)) attributes[attribute] = [...new Set([...(attributes[attribute] ?? []), ...values])];
    }
  }
  const own = [...new Set(roles)];
  const linked = world.people.find((one) => world.origins[one.id]?.connections.some((link) => link.connection === of.id && link.subject === subject));
  const same = world.people.find((one) => one.login === login.toLowerCase());
  const adopts = of.settings.adopts_by_verified_email && same && !same.roles.includes("admin") && !world.origins[same.id]?.connections.length;
  const person = linked ?? (adopts ? same : undefined);
  const conflict = person ? (person.active ? null : "inactive") : same ? "account_exists" : null;
  const all = [...own, ...(person ? givenOf(person).roles : [])];
  const flex = all.includes("supervisor") || all.includes("admin");
  const wfo = all.some((role) => role.startsWith("wfo.") && KNOWN.includes(role));
  return {
    refused: null,
    person: person?.id ?? null,
    conflict,
    enters: flex ? (wfo ? "yes" : "no_wfo_role") : "no_flex_role",
    gives: { login, email, name: first(mapping.name) ?? login, roles: own, unknown_roles: own.filter((role) => !KNOWN.includes(role)), attributes, groups, unknown_groups, cut: [] },
  };
}

export function givenOf(one) {
  return {
    roles: one.roles.filter((role) => !one.provided_roles.includes(role)),
    attributes: Object.fromEntries(Object.entries(one.attributes).filter(([name]) => !(name in one.provided_attributes))),
  };
}

export function originOf(world, one) {
  return { given: givenOf(one), connections: [], groups: [], worker: null, ...world.origins[one.id] };
}

export function answerConnections({ world, method, part, body, refuse }) {
  const absent = () => refuse(404, "not_found", "There is no such thing.");
  if (part[0] === "groups") return answerGroups({ world, method, part, body, refuse, absent });
  if (part[1] === undefined) {
    if (method === "GET") return { connections: [...world.connections].sort((one, other) => one.settings.name.localeCompare(other.settings.name)) };
    const { settings, has_secret } = read(body, refuse, null);
    const made = connection(randomUUID().replaceAll("-", "").slice(0, 16), settings, { has_secret });
    world.connections.push(made);
    return made;
  }
  const one = world.connections.find(({ id }) => id === part[1]);
  if (!one) throw absent();
  if (part[2] === "dry-run") return dryRun(world, one, body, refuse);
  if (part[2] === "identities") {
    if (!body.subject) throw invalid(refuse, "subject");
    if (Object.values(world.origins).some((origin) => origin.connections.some((link) => link.connection === one.id && link.subject === body.subject))) throw refuse(409, "conflict", "Somebody changed this meanwhile.");
    const origin = (world.origins[body.person] ??= { connections: [], groups: [], worker: null });
    origin.connections.push({ connection: one.id, name: one.settings.name, kind: one.settings.saml ? "saml" : "oidc", enabled: one.settings.enabled, subject: body.subject, source: "login", linked_by: "p-admin", at: ago(0), roles: [], attributes: {} });
    return undefined;
  }
  if (method === "DELETE") {
    world.connections = world.connections.filter((other) => other !== one);
    return undefined;
  }
  if (body.version !== one.version) throw refuse(409, "conflict", "Somebody changed this meanwhile.");
  Object.assign(one, read(body.settings, refuse, one), { version: one.version + 1, changed_at: ago(0) });
  return one;
}

function answerGroups({ world, method, part, body, refuse, absent }) {
  const sorted = () => [...world.groups].sort((one, other) => one.name.localeCompare(other.name));
  if (method === "GET") return { groups: sorted().map(shownGroup) };
  const taken = (except) => body.name !== undefined && world.groups.some((one) => one.id !== except && one.name.toLowerCase() === body.name.toLowerCase());
  if (part[1] === undefined) {
    if (taken()) throw refuse(409, "conflict", "Somebody changed this meanwhile.");
    const made = { id: randomUUID(), name: body.name, roles: body.roles, attributes: body.attributes };
    world.groups.push(made);
    return shownGroup(made);
  }
  const one = world.groups.find(({ id }) => id === part[1]);
  if (!one) throw absent();
  if (method === "DELETE") {
    world.groups = world.groups.filter((other) => other !== one);
    return undefined;
  }
  if (taken(one.id)) throw refuse(409, "conflict", "Somebody changed this meanwhile.");
  return shownGroup(Object.assign(one, body));
}
