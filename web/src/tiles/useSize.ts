import { type RefObject, useEffect, useState } from "react";
import type { Size } from "../charts/option";

export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const watcher = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const next = { width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) };
      setSize((now) => (now && now.width === next.width && now.height === next.height ? now : next));
    });
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [element]);
  return size;
}
