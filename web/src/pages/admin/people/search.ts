// Finding people in the list: pure.

import type { Person } from "../../../api/admin";
import { roleTitle } from "../words";

export function findPeople(people: readonly Person[], text: string, which: string): Person[] {
  const wanted = fold(text).split(/[\s,]+/).filter(Boolean);
  return people.filter((person) => {
    if (which !== "all" && person.active !== (which === "active")) return false;
    const parts = [person.name, person.login, person.email, person.kind, ...person.roles, ...person.roles.map(roleTitle), ...Object.keys(person.attributes), ...Object.values(person.attributes).flat()];
    const words = parts.flatMap((part) => {
      const whole = fold(part);
      return [whole, ...whole.split(/[\s@._-]+/)];
    });
    return wanted.every((one) => words.some((word) => word.startsWith(one)));
  });
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
