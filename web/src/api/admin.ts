// What the administration pages and the account page ask. Shapes as in docs/API-DESIGN.md.

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import { worthRetrying } from "./queries";
import type { ScopeState, SignInOptions } from "./types";

export type Person = {
  id: string;
  kind: "person" | "service";
  login: string;
  email: string;
  name: string;
  roles: string[];
  unknown_roles: string[];
  attributes: Record<string, string[]>;
  /** Those of the roles and attributes that identity providers gave: they are changed there. */
  provided_roles: string[];
  provided_attributes: Record<string, string[]>;
  active: boolean;
  created_at: string;
  changed_at: string;
  last_sign_in_at: string | null;
  has_password: boolean;
  password_change_due: boolean;
  second_factor: boolean;
};

export type NewPerson = {
  kind: "person" | "service";
  login: string;
  email?: string;
  name: string;
  roles: string[];
  attributes: Record<string, string[]>;
  password?: string;
};

export type PersonChange = Partial<Pick<Person, "email" | "name" | "roles" | "attributes" | "active"> & { password: string }>;

export type CapabilityName = "dashboards" | "play_calls" | "export_calls" | "assess" | "questionnaires" | "administer";

export type RuleWhy = {
  name: string;
  effect: "grant" | "restrict";
  applies: boolean;
  for_whom: string;
  rows: string;
  reads: { attribute: string; values: string[] }[];
  lacks: boolean;
};

export type DataSetWhy = { data_set: string; state: ScopeState; result: string; rules: RuleWhy[] };

export type Rights = {
  person: string;
  entry: "open" | "not_active" | "no_flex_role" | "no_wfo_role";
  roles: { role: string; known: boolean }[];
  capabilities: { name: CapabilityName; level: string; from: string[] }[];
  rows: { state: ScopeState; label: string; policy_version: number; broken: boolean; data_sets: DataSetWhy[] };
};

export type OpenSession = { id: string; client: string; started_at: string; last_seen_at: string; ends_at: string; current: boolean };

export type ApiKey = {
  id: string;
  prefix: string;
  name: string;
  person: string;
  scopes: string[];
  /** The identity provider whose people a key for SCIM is about. */
  connection: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
};

export type NewApiKey = { name: string; person: string; scopes: string[]; expires_at: string | null; connection?: string };
export type IssuedApiKey = { id: string; prefix: string; key: string };

export type AuditFilter = { person?: string; action?: string; outcome?: string; from?: string; to?: string };

export type AuditEntry = {
  number: number;
  at: string;
  person: { id: string; login: string | null; name: string | null } | null;
  means: string;
  action: string;
  resource: string;
  resource_id: string;
  on: string | null;
  outcome: "done" | "refused" | "failed";
  rows: number | null;
  detail: string | null;
};

export type AuditPage = { entries: AuditEntry[]; next: number | null };
export type AuditChain = { holds: boolean; broken_at: number | null; entries: number; hash: string | null };

export type ServiceLevel = { queue: string | null; channel: string | null; seconds: number };

export type Settings = {
  name: string;
  time_zone: string;
  service_level_seconds: number;
  service_level_overrides: ServiceLevel[];
  short_abandon_seconds: number;
  available_activities: string[];
  offline_activities: string[];
  contact: string;
  session_idle_minutes: number;
  session_hours: number;
  second_factor_required: boolean;
  demo: boolean;
};

export type SavedSettings = { version: number; settings: Settings };


const personPath = (id: string) => `/people/${encodeURIComponent(id)}`;

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: async ({ signal }) => (await call<{ people: Person[] }>("/people", { signal })).people,
  retry: worthRetrying,
});

export const personQuery = (id: string) =>
  queryOptions({ queryKey: ["person", id], queryFn: ({ signal }) => call<Person>(personPath(id), { signal }), refetchOnWindowFocus: false, retry: worthRetrying });

export const rightsQuery = (id: string) =>
  queryOptions({ queryKey: ["rights", id], queryFn: ({ signal }) => call<Rights>(`${personPath(id)}/rights`, { signal }), refetchOnWindowFocus: false, retry: worthRetrying });

/** Of a person, or one's own. */
export const sessionsQuery = (id: string | null) =>
  queryOptions({
    queryKey: ["sessions", id],
    queryFn: async ({ signal }) => (await call<{ sessions: OpenSession[] }>(sessionsPath(id), { signal })).sessions,
    refetchOnWindowFocus: false,
    retry: worthRetrying,
  });

export function sessionsPath(id: string | null, session?: string): string {
  const all = `${id === null ? "/account" : personPath(id)}/sessions`;
  return session === undefined ? all : `${all}/${encodeURIComponent(session)}`;
}

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: async ({ signal }) => (await call<{ api_keys: ApiKey[] }>("/api-keys", { signal })).api_keys,
  retry: worthRetrying,
});

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => call<SavedSettings>("/settings", { signal }),
  refetchOnWindowFocus: false,
  retry: worthRetrying,
});

const AUDIT_PAGE = 100;

export function auditPath(filter: AuditFilter, more: Record<string, string> = {}, path = "/audit"): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more })) if (value) words.set(name, value);
  return words.size > 0 ? `${path}?${words.toString()}` : path;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) => call<AuditPage>(auditPath(filter, { limit: String(AUDIT_PAGE), ...(pageParam ? { before: String(pageParam) } : {}) }), { signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    retry: worthRetrying,
  });

/** What the sign-in page offers besides a password. Without an answer there is still the password. */
export const signInOptionsQuery = (workspace?: string) =>
  queryOptions({
    queryKey: ["sign-in-options", workspace ?? null],
    queryFn: ({ signal }) => call<SignInOptions>("/sign-in-options" + (workspace ? `?workspace=${encodeURIComponent(workspace)}` : ""), { signal, door: true }),
    retry: false,
  });

export function changePerson(id: string, change: PersonChange): Promise<Person> {
  return call<Person>(personPath(id), { method: "PATCH", body: change });
}
