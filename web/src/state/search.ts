// What the address keeps. Flat texts only, so that a link can be read and typed.

import type { Compare } from "../api/types";

export type ViewSearch = {
  range?: string;
  compare?: Compare | "off";
  f?: string[];
};

export type DashboardSearch = ViewSearch & { tab?: string };

export type SegmentsSearch = ViewSearch & {
  data_set?: string;
  metric?: string;
  seconds?: number;
  sort?: string;
  back?: string;
};

export type SignInSearch = { next?: string; refused?: string };

export type PeopleSearch = { q?: string; which?: string };

export type AuditSearch = { person?: string; action?: string; outcome?: string; from?: string; to?: string };

type Raw = Record<string, unknown>;

function text(raw: unknown): string | undefined {
  return typeof raw === "string" && raw !== "" && raw.length <= 2000 ? raw : undefined;
}

function texts(raw: unknown): string[] | undefined {
  const list = Array.isArray(raw) ? raw : raw === undefined ? [] : [raw];
  const good = list.filter((one): one is string => typeof one === "string" && one !== "").slice(0, 20);
  return good.length > 0 ? good : undefined;
}

function view(raw: Raw): ViewSearch {
  const compare = raw["compare"];
  return {
    range: text(raw["range"]),
    compare: compare === "off" || compare === "previous_period" ? compare : undefined,
    f: texts(raw["f"]),
  };
}

export function dashboardSearch(raw: Raw): DashboardSearch {
  return { ...view(raw), tab: text(raw["tab"]) };
}

export function segmentsSearch(raw: Raw): SegmentsSearch {
  const seconds = Number(raw["seconds"]);
  return {
    ...view(raw),
    data_set: text(raw["data_set"]),
    metric: text(raw["metric"]),
    seconds: Number.isInteger(seconds) && seconds > 0 ? seconds : undefined,
    sort: text(raw["sort"]),
    back: ownPath(text(raw["back"])),
  };
}

export function signInSearch(raw: Raw): SignInSearch {
  return { next: ownPath(text(raw["next"])), refused: text(raw["refused"]) };
}

export function peopleSearch(raw: Raw): PeopleSearch {
  const which = raw["which"];
  return { q: text(raw["q"]), which: which === "deactivated" || which === "all" ? which : undefined };
}

export function auditSearch(raw: Raw): AuditSearch {
  const outcome = raw["outcome"];
  return {
    person: text(raw["person"]),
    action: text(raw["action"]),
    outcome: outcome === "done" || outcome === "refused" || outcome === "failed" ? outcome : undefined,
    from: date(raw["from"]),
    to: date(raw["to"]),
  };
}

function date(raw: unknown): string | undefined {
  return typeof raw === "string" && /^\d{4}-\d{2}-\d{2}$/.test(raw) ? raw : undefined;
}

/** Only paths of this very site: never `//host`, `/\host`, a scheme, or the sign-in page itself. */
export function ownPath(path: string | undefined): string | undefined {
  if (!path || !/^\/(?![/\\])/.test(path) || /[\u0000-\u001f\\]/.test(path) || path.startsWith("/sign-in")) return undefined;
  return path;
}

/** The router's own search text: plain pairs, a list as a repeated name. */
export function parseSearch(search: string): Raw {
  const raw: Raw = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const before = raw[name];
    if (before === undefined) raw[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else raw[name] = [before, value];
  }
  return raw;
}

export function stringifySearch(search: Raw): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  // Colons, commas and slashes are safe in a query and far easier to read than their codes.
  const text = parameters.toString().replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%2F/g, "/").replace(/%7E/g, "~");
  return text ? `?${text}` : "";
}
