import type { Person } from "../../../api/admin";

/** Names of attributes that somebody already has, so that nobody types `Team` beside `team`. */
export function knownAttributes(people: readonly Person[] | undefined): string[] {
  return [...new Set((people ?? []).flatMap((person) => Object.keys(person.attributes)))].sort();
}
