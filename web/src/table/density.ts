import { useSyncExternalStore } from "react";

export type Density = "tight" | "normal" | "roomy";

export const ROW_HEIGHTS: Record<Density, number> = { tight: 28, normal: 34, roomy: 42 };
export const DENSITY_TITLES: Record<Density, string> = { tight: "Tight rows", normal: "Normal rows", roomy: "Roomy rows" };

const KEY = "parclose.density";
const listeners = new Set<() => void>();

function read(): Density {
  try {
    const found = localStorage.getItem(KEY);
    return found === "tight" || found === "roomy" ? found : "normal";
  } catch {
    return "normal";
  }
}

let current = read();

export function setDensity(next: Density): void {
  current = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this page only.
  }
  for (const listener of listeners) listener();
}

/** One density for all tables of this browser. */
export function useDensity(): Density {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
