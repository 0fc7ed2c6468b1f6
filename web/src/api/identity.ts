// Identity providers, their groups, and where a person's rights come from. Shapes as in docs/API-DESIGN.md.

import { queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import { worthRetrying } from "./queries";

export type SignedPart = "assertion" | "response" | "both";

export type Saml = {
  /** Goes in and never comes back. */
  metadata_xml?: string;
  entity_id: string;
  sso_url: string;
  /** Where the provider takes logout messages; none: no single logout. */
  slo_url: string | null;
  slo_response_url: string | null;
  certificates: string[];
  signed: SignedPart;
  encrypted: boolean;
  signs_requests: boolean;
  idp_initiated: boolean;
  /** Goes in and never comes back. */
  private_key?: string;
  certificate: string | null;
};

export type Oidc = {
  issuer: string;
  client_id: string;
  /** Goes in and never comes back. */
  client_secret?: string;
  secret_in_form: boolean;
  scopes: string[];
};

export type NameMapping = {
  email: string[];
  name: string[];
  roles: string[];
  groups: string[];
  rename: Record<string, string>;
  comma_lists: string[];
};

export type ConnectionSettings = {
  name: string;
  enabled: boolean;
  saml: Saml | null;
  oidc: Oidc | null;
  mapping: NameMapping;
  forbids_local_sign_in: boolean;
  adopts_by_verified_email: boolean;
  scim_links_by_user_name: boolean;
  single_logout: boolean;
};

export type Connection = {
  id: string;
  version: number;
  has_secret: boolean;
  metadata_url: string | null;
  acs_url: string | null;
  callback_url: string | null;
  logout_url: string;
  created_at: string;
  changed_at: string;
  settings: ConnectionSettings;
};

/** What a new connection is made of; the rest is as usual. */
export type NewConnection = { name: string; enabled: false; saml?: Partial<Saml>; oidc?: Partial<Oidc> };

export type DryRun = { response: string; at?: string } | { claims: Record<string, unknown> } | { attributes: Record<string, string[]>; subject: string };

export type Gives = {
  login: string;
  email: string | null;
  name: string;
  roles: string[];
  unknown_roles: string[];
  attributes: Record<string, string[]>;
  groups: string[];
  unknown_groups: string[];
  cut: string[];
};

export type DryRunAnswer = {
  refused: string | null;
  person: string | null;
  conflict: string | null;
  enters: string | null;
  gives: Gives | null;
};

export type Group = { id: string; name: string; roles: string[]; unknown_roles: string[]; attributes: Record<string, string[]> };
export type NewGroup = Pick<Group, "name" | "roles" | "attributes">;

export type Given = { roles: string[]; attributes: Record<string, string[]> };

export type OriginConnection = Given & {
  connection: string;
  name: string;
  kind: "saml" | "oidc";
  enabled: boolean;
  subject: string;
  source: "login" | "scim";
  linked_by: string;
  at: string;
};

export type Worker = {
  worker_id: string;
  name: string;
  matched_by: "email" | "worker_name" | "friendly_id";
  seen_at: string | null;
  attributes: Record<string, string[]>;
  differences: { attribute: string; person: string[]; worker: string[] }[];
};

export type Origin = {
  given: Given;
  connections: OriginConnection[];
  groups: (Given & { id: string; name: string; connection: string })[];
  worker: Worker | null;
};

// A form is filled from these: it must not change under somebody's hands because a window came to the front.
const STEADY = { refetchOnWindowFocus: false, refetchOnReconnect: false, retry: worthRetrying } as const;

export const connectionPath = (id: string) => `/connections/${encodeURIComponent(id)}`;

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: async ({ signal }) => (await call<{ connections: Connection[] }>("/connections", { signal })).connections,
  ...STEADY,
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: async ({ signal }) => (await call<{ groups: Group[] }>("/groups", { signal })).groups,
  ...STEADY,
});

export const originQuery = (id: string) =>
  queryOptions({
    queryKey: ["origin", id],
    queryFn: ({ signal }) => call<Origin>(`/people/${encodeURIComponent(id)}/origin`, { signal }),
    ...STEADY,
  });

export function saveConnection(id: string, version: number, settings: ConnectionSettings): Promise<Connection> {
  return call<Connection>(connectionPath(id), { method: "PUT", body: { version, settings } });
}
