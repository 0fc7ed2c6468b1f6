// The server's names in the words of people. What has no word here is shown as it came.

import type { AuditEntry, CapabilityName } from "../../api/admin";
import type { ScopeState } from "../../api/types";
import { reasonWords } from "./reasons";

/** In the order of the role matrix. */
export const ROLES: readonly (readonly [string, string])[] = [
  ["admin", "Administrator"],
  ["supervisor", "Supervisor"],
  ["agent", "Agent"],
  ["wfo.full_access", "Full access"],
  ["wfo.team_leader", "Team leader"],
  ["wfo.data_analyst", "Data analyst"],
  ["wfo.data_auditor", "Data auditor"],
  ["wfo.quality_manager", "Quality manager"],
  ["wfo.quality_process_manager", "Quality process manager"],
  ["wfo.dashboard_viewer", "Dashboard viewer"],
];

const ROLE_TITLES = new Map(ROLES);

export function roleTitle(role: string): string {
  return ROLE_TITLES.get(role) ?? role;
}

export const CAPABILITIES: Record<CapabilityName, string> = {
  dashboards: "Dashboards",
  play_calls: "Play calls",
  export_calls: "Export calls",
  assess: "Assess calls",
  questionnaires: "Edit questionnaires",
  administer: "Administer",
};

const LEVELS: Record<string, string> = { none: "No", yes: "Yes", view: "View only", viewer: "Viewer", explorer: "Explorer", editor: "Editor" };

export function levelWords(level: string): string {
  return LEVELS[level] ?? level;
}

export const STATES: Record<ScopeState, string> = { some: "Some rows", all: "All rows", none: "No rows", open: "All rows, there are no rules" };

export const SCOPES = [
  { value: "read:rows", title: "Read rows", note: "Dashboards, queries and conversations, within the owner's rows" },
  { value: "read:recordings", title: "Read recordings", note: "Hear and fetch recordings" },
  { value: "read:audit", title: "Read the audit log", note: "Needs an owner who administers" },
  { value: "scim", title: "Directory: SCIM", note: "The identity provider makes, changes and deactivates its people" },
  { value: "admin", title: "Administer", note: "People, rules and settings; never keys, passwords or administrators" },
] as const;

export function scopeTitle(scope: string): string {
  return SCOPES.find((one) => one.value === scope)?.title ?? scope;
}

/** What stands in the audit log, for its filter and its lines. */
export const ACTIONS: readonly (readonly [string, string])[] = [
  ["sign_in", "Sign in"],
  ["sign_out", "Sign out"],
  ["own_account", "Own account"],
  ["read_rows", "See rows"],
  ["open_dashboard", "Open a dashboard"],
  ["open_conversation", "Open a conversation"],
  ["manage_people", "Manage people"],
  ["manage_connections", "Manage identity providers and groups"],
  ["manage_keys", "Manage API keys"],
  ["manage_separation", "Manage separation rules"],
  ["manage_settings", "Manage settings"],
  ["read_audit", "Read the audit log"],
  ["list_dashboards", "List dashboards"],
  ["read_metadata", "See names of attributes and metrics"],
];

const ACTION_TITLES = new Map(ACTIONS);

const DETAILS: Record<string, string> = {
  signed_in: "Signed in",
  wrong_login_or_password: "Wrong password",
  role_missing: "Role missing",
  first_administrator: "First administrator made",
  demo_person: "Demo person made",
  created: "Made",
  removed: "Removed",
  linked: "Linked to an identity provider",
  made_at_login: "Made at the first sign-in",
  adopted: "Adopted by verified e-mail",
  changed: "Changed",
  password_set: "Password set",
  password_changed: "Password changed",
  wrong_password: "Wrong current password",
  opened: "Looked at",
  rights_read: "Looked at rights",
  sessions_read: "Looked at sessions",
  sessions_ended: "Sessions ended",
  revoked: "Revoked",
  rules_saved: "Rules saved",
  rules_installed: "Rules installed",
  settings_saved: "Settings saved",
  exported: "Exported",
  chain_checked: "Chain checked",
  chain_broken: "Chain broken",
};

const KINDS = { saml: "SAML", oidc: "OpenID Connect" } as const;

export function kindWords(kind: keyof typeof KINDS): string {
  return KINDS[kind];
}

/** What a set of roles does for the door, where they are given together. */
export function doorWords(roles: readonly string[]): string {
  const flex = roles.includes("supervisor") || roles.includes("admin");
  const wfo = roles.some((role) => role.startsWith("wfo.") && ROLE_TITLES.has(role));
  if (flex && wfo) return "Opens the door";
  if (flex) return "Opens the door together with a wfo role";
  if (wfo) return "Opens the door together with Supervisor or Administrator";
  return "Does not open the door";
}

function plain(text: string): string {
  const words = text.replace(/[._]/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function actionWords(entry: Pick<AuditEntry, "action" | "detail">): { title: string; note: string | null } {
  return { title: ACTION_TITLES.get(entry.action) ?? plain(entry.action), note: entry.detail === null ? null : (DETAILS[entry.detail] ?? reasonWords(entry.detail) ?? plain(entry.detail)) };
}

const RESOURCES: Record<string, string> = { person: "Person", session: "Session", api_key: "API key", connection: "Identity provider", group: "Group", workspace: "Workspace", dashboard: "Dashboard", conversation: "Conversation" };

export function resourceWords(entry: Pick<AuditEntry, "resource" | "resource_id" | "on">): { title: string; note: string | null } {
  const kind = RESOURCES[entry.resource] ?? plain(entry.resource);
  if (entry.on) return { title: entry.on, note: kind };
  const tells = entry.resource_id !== "" && entry.resource !== "workspace" && entry.resource !== "session";
  return tells ? { title: kind, note: entry.resource_id } : { title: kind, note: null };
}

export const OUTCOMES: Record<AuditEntry["outcome"], string> = { done: "Done", refused: "Refused", failed: "Failed" };

export function meansWords(means: string): string | null {
  if (means.startsWith("key:")) return "by API key";
  if (means.startsWith("task:")) return "by the server";
  if (means === "start") return "when the server started";
  return null;
}

/** `Chrome on Windows`, from what a browser says of itself. */
export function clientWords(client: string): string {
  if (client === "") return "Unknown browser";
  const browser = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrom(e|ium)\//, "Chrome"],
    [/Safari\//, "Safari"],
  ].find(([pattern]) => (pattern as RegExp).test(client))?.[1] as string | undefined;
  const system = [
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X|Macintosh/, "macOS"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
  ].find(([pattern]) => (pattern as RegExp).test(client))?.[1] as string | undefined;
  if (!browser) return client.slice(0, 40);
  return system ? `${browser} on ${system}` : browser;
}
