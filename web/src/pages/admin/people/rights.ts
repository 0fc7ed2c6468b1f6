// The answer to "why does this person see that?" in a sentence: pure.

import type { Rights } from "../../../api/admin";

export function verdict(rights: Rights): { bad: boolean; words: string } {
  const { entry, rows } = rights;
  if (entry === "not_active") return { bad: true, words: "Deactivated: there is no way in, and the rights below wait." };
  if (entry === "no_flex_role") return { bad: true, words: "Can't come in: needs the role Supervisor or Administrator." };
  if (entry === "no_wfo_role") return { bad: true, words: "Can't come in: needs at least one of the wfo roles, such as Dashboard viewer." };
  if (!opensRows(rights)) return { bad: true, words: "Comes in and sees no rows: none of the roles opens dashboards." };
  if (rows.broken) return { bad: true, words: "The separation rules can't be read, so nobody sees a row. Mend the rules." };
  switch (rows.state) {
    case "open":
      return { bad: true, words: "Sees every row, as everyone does: there are no separation rules." };
    case "all":
      return { bad: false, words: "Sees every row of the workspace, by a rule." };
    case "some":
      return { bad: false, words: `Sees the rows of ${rows.label}.` };
    case "none":
      return { bad: true, words: "Comes in and sees nothing: no separation rule gives them a row." };
  }
}

function opensRows(rights: Rights): boolean {
  return rights.capabilities.some(({ name, level }) => name === "dashboards" && level !== "none");
}

/** What would have to be there, said once for each attribute; then roles that nobody knows. */
export function missing(rights: Rights): string[] {
  const found = new Map<string, Set<string>>();
  for (const set of rights.rows.data_sets)
    for (const rule of set.rules)
      if (rule.lacks)
        for (const { attribute, values } of rule.reads)
          if (values.length === 0) {
            const rules = found.get(attribute) ?? new Set<string>();
            found.set(attribute, rules.add(rule.name));
          }
  const lines = [...found].map(([attribute, rules]) => `Missing: a value for ${attribute}, which ${rules.size === 1 ? "the rule" : "the rules"} ${[...rules].join(" and ")} ${rules.size === 1 ? "reads" : "read"}`);
  const unknown = rights.roles.filter(({ known }) => !known).map(({ role }) => role);
  if (unknown.length > 0) lines.push(`Not known here, so without effect: ${unknown.join(", ")}`);
  return lines;
}
