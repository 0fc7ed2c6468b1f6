// Full screen for a wall: the frame goes, the page stays. Works as a plain view where the browser refuses real full screen.

import { useSyncExternalStore } from "react";

let full = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (full === next) return;
  full = next;
  for (const listener of listeners) listener();
}

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) set(false);
});

export async function setFullScreen(on: boolean): Promise<void> {
  set(on);
  try {
    if (on) await document.documentElement.requestFullscreen();
    else if (document.fullscreenElement) await document.exitFullscreen();
  } catch {
    // The browser said no; the frame is hidden all the same.
  }
}

export function useFullScreen(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => full,
  );
}
