// Light, dark, or as the system says. The choice is kept in this browser; public/theme.js sets it before the first paint.

import { useSyncExternalStore } from "react";
import { type ChartTheme, DARK, LIGHT } from "../charts/theme";

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "parclose.theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");

function changed(): void {
  for (const listener of listeners) listener();
}

system.addEventListener("change", changed);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function themeChoice(): ThemeChoice {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function chooseTheme(choice: ThemeChoice): void {
  const root = document.documentElement;
  if (choice === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = choice;
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  changed();
}

function isDark(): boolean {
  const choice = themeChoice();
  return choice === "system" ? system.matches : choice === "dark";
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}

export function useChartTheme(): ChartTheme {
  return useSyncExternalStore(subscribe, isDark) ? DARK : LIGHT;
}
