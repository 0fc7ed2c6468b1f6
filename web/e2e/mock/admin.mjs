// People, keys, sessions, settings and the audit log of the stand-in server: enough for the administration pages to be walked,
// states included. Kept for as long as the process lives, one world a signed-in session, so that specs do not meet in it.

import { randomUUID } from "node:crypto";
import { answerConnections, makeConnections, makeGroups, makeOrigins, originOf } from "./connections.mjs";
import { stamp } from "./data.mjs";

const DAY = 86_400_000;
const ago = (ms) => stamp(Date.now() - ms);

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

const KNOWN = ["agent", "supervisor", "admin", "wfo.full_access", "wfo.team_leader", "wfo.data_analyst", "wfo.data_auditor", "wfo.quality_manager", "wfo.quality_process_manager", "wfo.dashboard_viewer"];

const GIVES = {
  "wfo.full_access": { dashboards: "editor", play_calls: "yes", export_calls: "yes", assess: "yes", questionnaires: "yes" },
  "wfo.team_leader": { dashboards: "explorer", play_calls: "yes", assess: "yes" },
  "wfo.data_analyst": { dashboards: "editor", play_calls: "yes", export_calls: "yes", assess: "view" },
  "wfo.data_auditor": { dashboards: "editor", play_calls: "yes", export_calls: "yes" },
  "wfo.quality_manager": { dashboards: "viewer", play_calls: "yes", export_calls: "yes", assess: "yes" },
  "wfo.quality_process_manager": { questionnaires: "yes" },
  "wfo.dashboard_viewer": { dashboards: "viewer", play_calls: "yes" },
  admin: { administer: "yes" },
};
const LEVELS = ["none", "view", "viewer", "explorer", "editor", "yes"];

function person(login, name, roles, attributes = {}, more = {}) {
  return { id: `p-${login.split("@")[0]}`, kind: "person", login, email: login, name, roles, attributes, provided_roles: [], provided_attributes: {}, active: true, created_at: ago(90 * DAY), changed_at: ago(12 * DAY), last_sign_in_at: ago(3 * 3_600_000), has_password: true, password_change_due: false, second_factor: false, ...more };
}

export function makeWorld() {
  const people = [
    person("admin@acme.example", "Ada Minder", ["admin", "wfo.full_access"], { company_wide: ["yes"] }, { last_sign_in_at: ago(30_000) }),
    person("anvils@acme.example", "Dina Novak", ["supervisor", "wfo.dashboard_viewer"], { department: ["Anvils"], team: ["Anvils"] }, { second_factor: true }),
    person("cz@acme.example", "Čeněk Zeman", ["supervisor", "wfo.team_leader"], { market: ["CZ", "SK"], team: ["Onions", "Candles"], department: ["Onions"] }, { last_sign_in_at: ago(2 * DAY) }),
    person("new@acme.example", "Nela Fresh", ["supervisor", "wfo.dashboard_viewer"], {}, { last_sign_in_at: null, password_change_due: true }),
    person("okta.mix@acme.example", "Ömer Åström", ["supervisor", "wfo.team_leader", "wfo.dashboard_viewer", "okta.everyone"], { department: ["Tennis Balls"], team: ["Tennis Balls"], company_wide: ["no"] }, {
      has_password: false,
      provided_roles: ["wfo.team_leader", "wfo.dashboard_viewer", "okta.everyone"],
      provided_attributes: { department: ["Tennis Balls"], team: ["Tennis Balls"] },
    }),
    person("gone@acme.example", "Greta Left", ["supervisor", "wfo.dashboard_viewer"], { department: ["Candles"] }, { active: false, last_sign_in_at: ago(40 * DAY) }),
    person("exporter", "Nightly export", ["supervisor", "wfo.data_analyst"], { company_wide: ["yes"] }, { kind: "service", email: "", last_sign_in_at: null, has_password: false }),
  ];
  const session = (client, started, seen, current = false) => ({ id: randomUUID().replaceAll("-", ""), client, started_at: ago(started), last_seen_at: ago(seen), ends_at: stamp(Date.now() + 1_700_000), current });
  return {
    people,
    connections: makeConnections(),
    groups: makeGroups(),
    origins: makeOrigins(),
    sessions: { "p-anvils": [session(FIREFOX, 3 * 3_600_000, 40_000), session(SAFARI, 26 * 3_600_000, 2 * 3_600_000)] },
    own: (client) => [session(client, 600_000, 1_000, true), session(SAFARI, 5 * 3_600_000, 3_600_000)],
    keys: [
      { id: "k1", prefix: "3f9a12c07be4", name: "Nightly numbers for finance", person: "p-exporter", scopes: ["read:rows"], connection: null, created_at: ago(60 * DAY), expires_at: stamp(Date.now() + 30 * DAY), last_used_at: ago(7 * 3_600_000), revoked_at: null },
      { id: "k2", prefix: "77d0aa41c9f2", name: "Provisioning", person: "p-admin", scopes: ["admin", "read:audit"], connection: null, created_at: ago(20 * DAY), expires_at: null, last_used_at: null, revoked_at: null },
      { id: "k4", prefix: "5c1a5c1a5c1a", name: "Okta provisioning", person: "p-admin", scopes: ["scim"], connection: "0c7a0c7a0c7a0c7a", created_at: ago(9 * DAY), expires_at: stamp(Date.now() + 200 * DAY), last_used_at: ago(120_000), revoked_at: null },
      { id: "k3", prefix: "0b1c2d3e4f50", name: "Old wallboard", person: "p-exporter", scopes: ["read:rows"], connection: null, created_at: ago(200 * DAY), expires_at: null, last_used_at: ago(100 * DAY), revoked_at: ago(90 * DAY) },
    ],
    settings: {
      version: 4,
      settings: {
        name: "Acme Corporation",
        time_zone: "Europe/Prague",
        service_level_seconds: 20,
        service_level_overrides: [
          { queue: "Anvils_Calls", channel: null, seconds: 30 },
          { queue: null, channel: "Chat", seconds: 60 },
        ],
        short_abandon_seconds: 5,
        available_activities: ["Available"],
        offline_activities: ["Offline"],
        contact: "your administrator, admin@acme.example",
        session_idle_minutes: 30,
        session_hours: 12,
        second_factor_required: false,
        demo: true,
      },
    },
    audit: makeAudit(people),
  };
}

function makeAudit(people) {
  const entries = [];
  const by = (id) => people.find((one) => one.id === id);
  const line = (at, who, action, more = {}) => entries.push({ at: ago(at), person: who && { id: who, login: by(who)?.login ?? null, name: by(who)?.name ?? null }, means: "session", action, resource: "workspace", resource_id: "acme", on: null, outcome: "done", rows: null, scope: null, policy_version: null, detail: null, request_id: "01J", ...more });
  line(40_000, "p-admin", "manage_people", { resource: "person", resource_id: "p-anvils", on: "Dina Novak", detail: "rights_read" });
  line(60_000, "p-anvils", "read_rows", { rows: 18_420, policy_version: 3 });
  line(95_000, "p-anvils", "open_conversation", { resource: "conversation", resource_id: "WT100231", rows: 4 });
  line(130_000, "p-anvils", "open_conversation", { resource: "conversation", resource_id: "WT100999", outcome: "refused" });
  line(300_000, "p-exporter", "read_rows", { means: "key:k1", rows: 201_338 });
  line(700_000, null, "sign_in", { means: "password", resource: "session", resource_id: "", outcome: "refused", detail: "wrong_login_or_password" });
  line(5_000_000, "p-admin", "manage_separation", { detail: "rules_saved" });
  for (let at = 0; at < 140; at += 1) line(9_000_000 + at * 610_000, at % 3 === 0 ? "p-cz" : "p-anvils", at % 5 === 0 ? "open_dashboard" : "read_rows", { rows: at % 5 === 0 ? null : 900 + at * 7, resource: at % 5 === 0 ? "dashboard" : "workspace", resource_id: at % 5 === 0 ? "control-center" : "acme" });
  return entries.map((entry, at) => ({ number: entries.length - at, hash: "ab".repeat(32), ...entry }));
}

function rights(one) {
  const has = (role) => one.roles.includes(role);
  const entry = !one.active ? "not_active" : !has("supervisor") && !has("admin") ? "no_flex_role" : !one.roles.some((role) => role.startsWith("wfo.") && KNOWN.includes(role)) ? "no_wfo_role" : "open";
  const capabilities = ["dashboards", "play_calls", "export_calls", "assess", "questionnaires", "administer"].map((name) => {
    const level = one.roles.map((role) => GIVES[role]?.[name] ?? "none").reduce((best, next) => (LEVELS.indexOf(next) > LEVELS.indexOf(best) ? next : best), "none");
    return { name, level, from: level === "none" ? [] : one.roles.filter((role) => GIVES[role]?.[name] === level) };
  });
  const values = (name) => one.attributes[name] ?? [];
  const wide = values("company_wide").includes("yes");
  const set = (data_set, column, attribute, rule) => {
    const own = values(attribute);
    const state = wide ? "all" : own.length > 0 ? "some" : "none";
    return {
      data_set,
      state,
      result: wide ? "All rows" : own.length > 0 ? `${column} is ${own.join(" or ")}` : "No rows",
      rules: [
        { name: rule, effect: "grant", applies: true, for_whom: "everyone", rows: `${column} is one of their ${attribute}: ${own.join(", ") || "of which they have none"}`, reads: [{ attribute, values: own }], lacks: own.length === 0 },
        { name: "Company wide", effect: "grant", applies: wide, for_whom: "people whose company_wide is yes", rows: `All ${data_set}`, reads: [{ attribute: "company_wide", values: values("company_wide") }], lacks: false },
      ],
    };
  };
  const sets = [set("conversations", "Conversation attribute 1", "department", "Departments"), set("activities", "Agent team", "team", "Own team")];
  const state = sets[0].state === sets[1].state ? sets[0].state : "some";
  const label = state === "all" ? "All units" : state === "none" ? "Nothing yet" : (values("department").join(", ") || values("team").join(", "));
  return { person: one.id, entry, roles: one.roles.map((role) => ({ role, known: KNOWN.includes(role) })), capabilities, rows: { state, label, policy_version: 3, broken: false, data_sets: sets } };
}

const shown = (one) => ({ ...one, unknown_roles: one.roles.filter((role) => !KNOWN.includes(role)) });

/** `refuse(status, code, message, more)` makes the error to throw. Gives undefined for what is not an address of these pages. */
export function answerAdmin({ world, request, path, params, body, person: caller, refuse }) {
  const method = request.method;
  const part = path.split("/").slice(1).map(decodeURIComponent);
  const absent = () => refuse(404, "not_found", "There is no such thing.");
  const weak = (password) => {
    if ([...password].length < 12) throw refuse(400, "bad_request", "A password has at least 12 characters.", { field: "password" });
    if (/password/i.test(password)) throw refuse(400, "bad_request", "The password is too easy to guess.", { field: "password" });
  };
  if (part[0] === "account") {
    if (part[1] === "password") {
      if (body.current_password !== (world.password ?? "demo")) throw refuse(400, "bad_request", "The current password is not right.", { field: "current_password" });
      weak(body.password);
      world.password = body.password;
      world.ownSessions = world.ownSessions?.filter((one) => one.current);
      caller.session.due = false;
      return { renewed: true };
    }
    world.ownSessions ??= world.own(request.headers["user-agent"] ?? "");
    if (method === "GET") return { answer: { sessions: world.ownSessions } };
    if (part[2] === undefined) return { everywhere: true };
    world.ownSessions = world.ownSessions.filter((one) => one.id !== part[2]);
    return { answer: undefined };
  }
  if (!["people", "api-keys", "settings", "audit", "connections", "groups"].includes(part[0])) return undefined;
  if (!caller.capabilities.administer) throw refuse(403, "not_allowed", "Your roles do not allow this.");
  if (part[0] === "connections" || part[0] === "groups") return { answer: answerConnections({ world, method, part, body, refuse }) };
  if (part[0] === "people") {
    if (part[1] === undefined) {
      if (method === "GET") return { answer: { people: world.people.map(shown) } };
      if (world.people.some((one) => one.login.toLowerCase() === body.login.toLowerCase())) throw refuse(409, "conflict", "Somebody else has this login.", { field: "login" });
      if (body.password !== undefined) weak(body.password);
      const made = person(body.login, body.name, body.roles, body.attributes, { kind: body.kind, id: `p-${randomUUID().slice(0, 8)}`, created_at: ago(0), changed_at: ago(0), last_sign_in_at: null, has_password: body.password !== undefined, password_change_due: body.password !== undefined });
      world.people.push(made);
      return { status: 201, answer: shown(made) };
    }
    const one = world.people.find(({ id }) => id === part[1]);
    if (!one) throw absent();
    if (part[2] === "origin") return { answer: originOf(world, one) };
    if (part[2] === "rights") return { answer: rights(one) };
    if (part[2] === "sessions") {
      const open = world.sessions[one.id] ?? [];
      if (method === "GET") return { answer: { sessions: open } };
      world.sessions[one.id] = part[3] === undefined ? [] : open.filter(({ id }) => id !== part[3]);
      return { answer: undefined };
    }
    if (part[2] === "password-link") {
      if (one.id.startsWith("p-okta")) throw refuse(409, "no_local_sign_in", "This account signs in with an identity provider, not with a password.");
      return { answer: { link: `https://insights.acme.example/reset#${"mR4c".repeat(10)}abc`, expires_at: stamp(Date.now() + DAY) } };
    }
    if (part[2] === "second-factors") {
      one.second_factor = false;
      world.sessions[one.id] = [];
      return { answer: undefined };
    }
    if (method === "PATCH") {
      if (body.roles && one.id === "p-admin" && !body.roles.includes("admin")) throw refuse(409, "conflict", "The workspace needs an active administrator.");
      if (body.roles && one.provided_roles.some((role) => !body.roles.includes(role))) throw refuse(409, "conflict", 'The identity provider gives some of the field "roles". Change it there.');
      if (body.attributes && Object.entries(one.provided_attributes).some(([name, values]) => String(body.attributes[name]) !== String(values))) throw refuse(409, "conflict", 'The identity provider gives some of the field "attributes". Change it there.');
      const { password, ...rest } = body;
      if (password !== undefined) {
        weak(password);
        Object.assign(one, { has_password: true, password_change_due: true });
        world.sessions[one.id] = [];
      }
      Object.assign(one, rest, { changed_at: stamp(Date.now()) });
      if (body.active === false) {
        world.sessions[one.id] = [];
        for (const key of world.keys) if (key.person === one.id) key.revoked_at ??= ago(0);
      }
    }
    return { answer: shown(one) };
  }
  if (part[0] === "api-keys") {
    if (method === "GET") return { answer: { api_keys: world.keys } };
    if (method === "DELETE") {
      const key = world.keys.find(({ id }) => id === part[1]);
      if (!key) throw absent();
      key.revoked_at = ago(0);
      return { answer: undefined };
    }
    const id = randomUUID();
    const prefix = id.replaceAll("-", "").slice(0, 12);
    if (body.scopes.includes("scim") !== (body.connection !== undefined)) throw refuse(400, "bad_request", "The field \"connection\" is missing, too long or wrong.", { field: "connection" });
    world.keys.unshift({ id, prefix, name: body.name, person: body.person, scopes: body.scopes, connection: body.connection ?? null, created_at: ago(0), expires_at: body.expires_at, last_used_at: null, revoked_at: null });
    return { status: 201, answer: { id, prefix, key: `pck_${prefix}_${"5ec2e7".repeat(10)}` } };
  }
  if (part[0] === "settings") {
    if (method === "GET") return { answer: world.settings };
    if (body.version !== world.settings.version) throw refuse(409, "conflict", "Somebody changed this meanwhile.");
    if (body.settings.time_zone === "Europe/Atlantis") throw refuse(422, "invalid_settings", "The time zone is not known. It needs an IANA name such as Europe/Prague.", { field: "time_zone" });
    world.settings = { version: body.version + 1, settings: body.settings };
    return { answer: world.settings };
  }
  if (part[1] === "chain") return { answer: { holds: true, broken_at: null, entries: world.audit.length, hash: "ab".repeat(32) } };
  const wanted = ["person", "action", "outcome"].map((name) => [name, params.get(name)]);
  const fits = world.audit.filter(
    (entry) =>
      wanted.every(([name, value]) => !value || (name === "person" ? entry.person?.id : entry[name]) === value) &&
      (!params.get("from") || entry.at.slice(0, 10) >= params.get("from")) &&
      (!params.get("to") || entry.at.slice(0, 10) <= params.get("to")) &&
      (!params.get("before") || entry.number < Number(params.get("before"))),
  );
  if (part[1] === "export") return { file: `number,at,person\r\n${fits.map((entry) => `${entry.number},${entry.at},${entry.person?.login ?? ""}`).join("\r\n")}\r\n` };
  const limit = Number(params.get("limit") ?? 100);
  const page = fits.slice(0, limit);
  return { answer: { entries: page, next: page.length === limit && fits.length > limit ? page.at(-1).number : null } };
}
