// The audit list as the page shows it. The contract does not fix its shape yet, so this reads it with care.

export type AuditRow = { key: string; at: string | null; who: string; what: string; on: string; outcome: string };

type Loose = Record<string, unknown>;

function first(entry: Loose, names: readonly string[]): string {
  for (const name of names) {
    const found = entry[name];
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number") return String(found);
    if (typeof found === "boolean") return found ? "allowed" : "refused";
    if (found && typeof found === "object" && !Array.isArray(found)) {
      const inner = first(found as Loose, ["name", "login", "title", "id"]);
      if (inner) return inner;
    }
  }
  return "";
}

export function auditRows(answer: unknown): AuditRow[] {
  if (!answer || typeof answer !== "object") return [];
  const list = Array.isArray(answer) ? answer : (Object.values(answer as Loose).find(Array.isArray) ?? []);
  return list
    .filter((entry): entry is Loose => typeof entry === "object" && entry !== null)
    .map((record) => (record["entry"] && typeof record["entry"] === "object" ? { ...(record["entry"] as Loose), number: record["number"] } : record))
    .map((entry: Loose, at) => ({
      key: first(entry, ["id", "number", "sequence"]) || String(at),
      at: typeof entry["at_ms"] === "number" ? new Date(entry["at_ms"]).toISOString() : first(entry, ["at", "occurred_at", "created_at", "time"]) || null,
      who: first(entry, ["login", "person", "actor", "who", "caller", "means"]) || "–",
      what: words(first(entry, ["action", "act", "what", "event", "kind"])),
      on: [first(entry, ["resource", "on", "target", "object"]), first(entry, ["resource_id"])].filter(Boolean).join(" ") || "–",
      outcome: words(first(entry, ["outcome", "decision", "result", "allowed"])),
    }));
}

function words(text: string): string {
  const plain = text.replace(/[._]/g, " ").trim();
  return plain === "" ? "–" : plain.charAt(0).toUpperCase() + plain.slice(1);
}
