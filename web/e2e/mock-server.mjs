// A stand-in for the server: the same contract, made-up rows, and dist/ as the app. It is the fixture of the *.mock specs and
// of work on the app without a server. It protects nothing and must never be deployed.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { answerAdmin, makeWorld } from "./mock/admin.mjs";
import { DASHBOARDS } from "./mock/dashboards.mjs";
import { makeRows, stamp } from "./mock/data.mjs";
import { answerEarly, answerFactors, askForFactor } from "./mock/factors.mjs";
import { PEOPLE, meOf } from "./mock/people.mjs";
import { ATTRIBUTES, METRICS, passes, report, resolveRange } from "./mock/query.mjs";

const PORT = Number(process.env.PORT ?? 7701);
const DIST = join(fileURLToPath(new URL("..", import.meta.url)), "dist");
const PASSWORD = process.env.PARCLOSE_DEMO_PASSWORD ?? "demo";
const rows = makeRows(Date.now());
const sessions = new Map();
const attempts = new Map();
let separation = {
  version: 3,
  yaml: "rules:\n  - name: Administrators\n    grant: everything\n    when: { role: wfo.full_access }\n  - name: Departments\n    grant:\n      conversations: { conversation_attribute_1: { in: person.department } }\n      activities: { team_name: { in: person.team } }\notherwise: nothing\n",
};

class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, code, more });
  }
}

class Download {
  constructor(text) {
    this.text = text;
  }
}

function personOf(request) {
  const token = /parclose=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = token ? sessions.get(token) : undefined;
  if (!session) throw new Refusal(401, "sign_in_required", "Sign in first.");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== session.csrf) throw new Refusal(403, "not_allowed", "The request did not come from the app.");
  if (session.due && !["/me", "/account/password", "/sign-out"].includes(new URL(request.url, "http://mock").pathname.slice(7))) throw new Refusal(403, "password_change_required", "Choose a password of your own first.");
  if (session.factorDue && !/^\/(me|sign-out|account\/(second-factors|totp|totp\/confirm|passkey-options|passkeys))$/.test(new URL(request.url, "http://mock").pathname.slice(7))) throw new Refusal(403, "second_factor_required", "Set up a second factor first.");
  return { ...session, ...PEOPLE[session.login], session, token };
}

function signIn(body, response) {
  const login = String(body.login ?? "").toLowerCase();
  const tries = (attempts.get(login) ?? 0) + 1;
  attempts.set(login, tries);
  if (login.startsWith("many@")) throw new Refusal(429, "too_many_requests", "Too many attempts.", { headers: { "retry-after": "240" } });
  const knows = PEOPLE[login] || login === "agent@acme.example";
  if (!knows || body.password !== PASSWORD) throw new Refusal(401, "sign_in_failed", "Login or password is wrong.");
  if (login === "agent@acme.example") throw new Refusal(403, "role_missing", "You have the role agent, and no role for analytics.");
  return askForFactor(login, response) ?? enter(login, response);
}

function enter(login, response) {
  const token = randomUUID();
  const csrf = randomUUID();
  const session = { login, csrf, due: login.startsWith("first@"), factorDue: login.startsWith("due@"), world: makeWorld() };
  sessions.set(token, session);
  response.setHeader("set-cookie", [`parclose=${token}; Path=/; HttpOnly; SameSite=Lax`, "parclose-step=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"]);
  return meOf(login, csrf, session.due, session.factorDue);
}

function scoped(person, dataSet) {
  if (person.capabilities.dashboards === "none") throw new Refusal(403, "not_allowed", "Your role does not open dashboards.");
  return (rows[dataSet] ?? []).filter(person.sees);
}

function query(person, body) {
  const now = Date.now();
  const { start, end, resolved } = resolveRange(body.range, now, body.compare);
  const reports = body.reports.map(({ id, query: one }) => report(id, one, scoped(person, one.data_set), body, { start, end, now }));
  const { state, label, policy_version } = person.scope;
  const newest = rows.conversations.at(-1);
  return { reports, range: resolved, freshness: { newest_event_at: newest ? stamp(newest.at) : null, as_of: stamp(now), data_version: 1 }, scope: { state, label, policy_version } };
}

function values(person, body) {
  const { start, end } = resolveRange(body.range, Date.now());
  const dataSet = body.data_set ?? ATTRIBUTES[body.attribute]?.[1][0];
  if (!dataSet) throw new Refusal(422, "invalid_query", "There is no such attribute.");
  const counts = new Map();
  for (const row of scoped(person, dataSet)) {
    if (row.at < start || row.at >= end || !passes(row, body.filters ?? [])) continue;
    const value = row[body.attribute] ?? null;
    if (body.search && !String(value ?? "").toLowerCase().includes(body.search.toLowerCase())) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const all = [...counts].map(([value, count]) => ({ value, count })).sort((one, other) => other.count - one.count);
  const limit = body.limit ?? 50;
  return { values: all.slice(0, limit), truncated: all.length > limit };
}

const SEGMENT_COLUMNS = [
  ["segment_start", "Start", "instant"],
  ["conversation_id", "Conversation", "text"],
  ["segment_id", "Segment", "text"],
  ["queue", "Queue", "text"],
  ["agent_name", "Agent", "text"],
  ["handling_team_name", "Team", "text"],
  ["channel", "Channel", "text"],
  ["direction", "Direction", "text"],
  ["abandoned", "Abandoned", "text"],
  ["queue_time", "Waiting", "duration"],
  ["talk_time", "Talking", "duration"],
];

function segments(person, body) {
  const { start, end } = resolveRange(body.range, Date.now());
  const metric = body.metric ? METRICS[body.metric.metric] : null;
  const kept = scoped(person, body.data_set).filter((row) => row.at >= start && row.at < end && passes(row, body.filters ?? []) && (!metric || metric.keep(row)));
  const by = body.sort?.by === "segment_start" || !body.sort ? "at" : body.sort.by;
  const sign = body.sort?.direction === "ascending" ? 1 : -1;
  kept.sort((one, other) => {
    const [a, b] = [one[by] ?? null, other[by] ?? null];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return (a < b ? -1 : a > b ? 1 : 0) * sign;
  });
  const from = Number(body.cursor ?? 0);
  const page = kept.slice(from, from + body.limit);
  const cell = (row, name) => (name === "segment_start" ? stamp(row.at) : name === "segment_id" ? `${row.conversation_id}-1` : (row[name] ?? null));
  return {
    columns: SEGMENT_COLUMNS.map(([name, title, format]) => ({ name, title, format })),
    rows: page.map((row) => SEGMENT_COLUMNS.map(([name]) => cell(row, name))),
    total: kept.length,
    next: from + body.limit < kept.length ? String(from + body.limit) : null,
  };
}

function conversation(person, id) {
  const row = scoped(person, "conversations").find((one) => one.conversation_id === id);
  if (!row) throw new Refusal(404, "not_found", "There is no such conversation.");
  const answered = row.at + row.queue_time * 1000;
  const handled = ((row.ring_time ?? 0) + (row.talk_time ?? 0) + (row.wrap_up_time ?? 0)) * 1000;
  const segment = (number, kind, start, end, facts, more = {}) => ({
    segment_id: `${id}-${number}`,
    kind,
    started_at: stamp(start),
    ended_at: stamp(end),
    queue: row.queue,
    agent_name: null,
    handling_team_name: null,
    channel: row.channel,
    direction: row.direction,
    outcome: null,
    abandoned: row.abandoned,
    facts,
    attributes: [{ name: "conversation_attribute_1", title: "Conversation attribute 1", value: row.conversation_attribute_1 }],
    ...more,
  });
  const parts = [segment(1, "Queue", row.at, answered, { queue_time: row.queue_time })];
  const own = { agent_name: row.agent_name, handling_team_name: row.handling_team_name, outcome: row.outcome };
  parts.push(segment(2, "Conversation", answered, answered + Math.max(handled, 1000), { queue_time: row.queue_time, ring_time: row.ring_time, talk_time: row.talk_time, wrap_up_time: row.wrap_up_time }, own));
  if (row.talk_time && row.talk_time > 240) {
    const handed = answered + handled - (row.wrap_up_time ?? 0) * 1000;
    parts.push(segment(3, "Queue", handed, handed + 18_000, { queue_time: 18 }));
    parts.push(segment(4, "Missed Conversation", handed + 3000, handed + 12_000, { ring_time: 9 }, { agent_name: "Vera Second", handling_team_name: row.handling_team_name }));
    parts.push(segment(5, "Conversation", handed + 18_000, handed + 160_000, { queue_time: 18, ring_time: 4, talk_time: 96, wrap_up_time: 40 }, { ...own, agent_name: "Zuzana Third", outcome: "Resolved" }));
  }
  const ended = Math.max(...parts.map((part) => Date.parse(part.ended_at)));
  return { conversation_id: id, started_at: parts[0].started_at, ended_at: stamp(ended), truncated: false, segments: parts, customer: { id: row.customer, name: null, attributes: [] } };
}

function metadata() {
  return {
    attributes: Object.entries(ATTRIBUTES).map(([name, [title, data_sets]]) => ({ name, title, data_sets, description: "" })),
    metrics: Object.entries(METRICS).map(([name, { title, format, good, data_set = "conversations" }]) => ({ name, title, format, good, data_set, description: "", formula: "" })),
  };
}

function saveSeparation(person, body) {
  if (!person.capabilities.administer) throw new Refusal(404, "not_found", "There is no such page.");
  if (body.version !== separation.version) throw new Refusal(409, "conflict", "The rules were changed meanwhile.");
  const broken = body.yaml.split("\n").findIndex((line) => line.includes("\t"));
  if (broken >= 0) throw new Refusal(422, "invalid_rules", "Tabs are not allowed in YAML.", { line: broken + 1 });
  separation = { yaml: body.yaml, version: separation.version + 1 };
  return separation;
}

async function answer(request, response, path, body) {
  if (path === "/sign-in-options") {
    const workspace = new URL(request.url, "http://mock").searchParams.get("workspace");
    if (workspace && workspace !== "other-app-1234") throw new Refusal(404, "not_found", "There is nothing here.");
    return { workspace: workspace ?? "acme", workspace_name: workspace ? "Other Company" : "Acme Corporation", needs_administrator: false, passkeys: true, connections: [], demo_people: [], demo_password: null };
  }
  if (path === "/sign-in") return signIn(body, response);
  const early = answerEarly({ request, response, path, body, refuse: (...parts) => new Refusal(...parts), enter: (login) => enter(login, response) });
  if (early) return early.answer;
  if (path === "/account/workspace") return undefined;
  const person = personOf(request);
  const route = `${request.method} ${path}`;
  if (route === "POST /sign-out") return undefined;
  if (route === "GET /account/state") return { state: "1" };
  if (route === "GET /me") return meOf(person.login, person.csrf, person.due, person.factorDue);
  const factors = answerFactors({ request, path, body, person, me: () => meOf(person.login, person.csrf, person.session.due, person.session.factorDue), refuse: (...parts) => new Refusal(...parts) });
  if (factors) return factors.answer;
  if (route === "GET /metadata") return metadata();
  if (route === "POST /query") return query(person, body);
  if (route === "POST /values") return values(person, body);
  if (route === "POST /segments") return segments(person, body);
  const seen = person.capabilities.dashboards === "none" ? [] : DASHBOARDS;
  if (route === "GET /dashboards") return { dashboards: seen.map(({ id, title, description, tabs }) => ({ id, title, description, tabs: tabs.map((tab) => ({ id: tab.id, title: tab.title })) })) };
  const dashboard = path.startsWith("/dashboards/") ? seen.find((one) => path === `/dashboards/${one.id}`) : null;
  if (dashboard) return dashboard;
  if (path.startsWith("/conversations/")) return conversation(person, decodeURIComponent(path.slice(15)));
  if (person.capabilities.administer && route === "GET /separation") return separation;
  if (route === "PUT /separation") return saveSeparation(person, body);
  const params = new URL(request.url, "http://mock").searchParams;
  const refuse = (...parts) => new Refusal(...parts);
  const admin = answerAdmin({ world: person.world, request, path, params, body, person, refuse });
  if (admin?.everywhere) return void sessions.delete(person.token);
  if (admin?.renewed) return meOf(person.login, person.csrf, false);
  if (admin?.file !== undefined) return new Download(admin.file);
  if (admin) return admin.answer;
  throw new Refusal(404, "not_found", "There is no such thing.");
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'";

async function file(path, response) {
  const wanted = normalize(path).replace(/^(\.\.[/\\])+/, "");
  const type = TYPES[extname(wanted)];
  const body = await readFile(join(DIST, type ? wanted : "index.html")).catch(() => null);
  response.writeHead(body ? 200 : 404, { "content-type": type ?? TYPES[".html"], "content-security-policy": POLICY });
  response.end(body ?? "Not found");
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString("utf8")) : {};
}

createServer(async (request, response) => {
  const path = new URL(request.url ?? "/", "http://mock").pathname;
  if (!path.startsWith("/api/v1")) return file(path, response);
  try {
    const found = await answer(request, response, path.slice(7), await readBody(request));
    if (found === undefined) return response.writeHead(204).end();
    if (found instanceof Download) return response.writeHead(200, { "content-type": "text/csv; charset=utf-8" }).end(found.text);
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(JSON.stringify(found));
  } catch (error) {
    const known = error instanceof Refusal;
    const { headers, ...more } = known ? error.more : {};
    response.writeHead(known ? error.status : 500, { "content-type": "application/json", ...headers });
    return response.end(JSON.stringify({ error: { code: known ? error.code : "internal", message: known ? error.message : String(error), id: "01JMOCK0000000000000000", ...more } }));
  }
}).listen(PORT, "127.0.0.1", () => process.stdout.write(`mock server on http://127.0.0.1:${PORT}\n`));
