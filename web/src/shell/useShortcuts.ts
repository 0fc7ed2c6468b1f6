import { useLayoutEffect, useRef } from "react";

export type ShortcutActs = { palette: () => void; help: () => void; full: () => void };

/** Whether keys belong to what is being typed and not to us. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

export function useShortcuts(acts: ShortcutActs): void {
  const current = useRef(acts);
  current.current = acts;
  // Before the first paint, so that no key is lost on a page that people can already see.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        current.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
      if (event.key === "/") {
        event.preventDefault();
        current.current.palette();
      } else if (event.key === "?") {
        event.preventDefault();
        current.current.help();
      } else if (event.key === "f" || event.key === "F") {
        event.preventDefault();
        current.current.full();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
