// Which part of a person's roles and attributes is changed at the identity provider, and at which: pure.

import type { Person } from "../../../api/admin";
import type { Origin } from "../../../api/identity";

type Part = Origin["connections"][number] | Origin["groups"][number];

/** Until it is known where from, or when it can't be known: that it is from elsewhere is known without asking. */
const SOMEWHERE = "the identity provider";

function from(names: readonly string[]): string {
  return `From ${names.length > 0 ? names.join(" and ") : SOMEWHERE}: change it there`;
}

function sources(origin: Origin | undefined, gives: (part: Part) => boolean): string[] {
  if (!origin) return [];
  const direct = origin.connections.filter(gives).map(({ name }) => name);
  if (direct.length > 0) return [...new Set(direct)];
  const groups = origin.groups.filter(gives).map((group) => {
    const at = origin.connections.find(({ connection }) => connection === group.connection)?.name ?? SOMEWHERE;
    return `${at} by the group ${group.name}`;
  });
  return [...new Set(groups)];
}

export function lockedRoles(person: Person, origin: Origin | undefined): Map<string, string> {
  return new Map(person.provided_roles.map((role) => [role, from(sources(origin, (part) => part.roles.includes(role)))]));
}

export function lockedAttributes(person: Person, origin: Origin | undefined): Record<string, { values: string[]; from: string }> {
  const locked: Record<string, { values: string[]; from: string }> = {};
  for (const [name, values] of Object.entries(person.provided_attributes)) locked[name] = { values, from: from(sources(origin, (part) => (part.attributes[name] ?? []).length > 0)) };
  return locked;
}

/** The attributes that are edited here. */
export function ownAttributes(person: Person): Record<string, string[]> {
  return Object.fromEntries(Object.entries(person.attributes).filter(([name]) => !(name in person.provided_attributes)));
}
