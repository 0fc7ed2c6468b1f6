import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./Popover.module.css";

type Props = {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  /** `keep` is false when the person left with Escape. */
  onClose: (keep: boolean) => void;
  children: ReactNode;
  align?: "start" | "end";
  width?: number;
};

const GAP = 6;
const EDGE = 8;

/** A panel that floats by its anchor; on a phone it is a sheet from below. Focus goes in and comes back. */
export function Popover({ anchor, label, onClose, children, align = "start", width }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number; maxHeight: number } | null>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const settle = () => {
      const box = anchor.current?.getBoundingClientRect();
      const own = panel.current?.getBoundingClientRect();
      if (!box || !own) return;
      const wanted = align === "end" ? box.right - own.width : box.left;
      const left = Math.max(EDGE, Math.min(wanted, window.innerWidth - own.width - EDGE));
      const below = window.innerHeight - box.bottom - GAP - EDGE;
      const above = box.top - GAP - EDGE;
      const up = below < Math.min(own.height, 280) && above > below;
      const maxHeight = Math.max(160, up ? above : below);
      setPlace({ left, top: up ? Math.max(EDGE, box.top - GAP - Math.min(own.height, maxHeight)) : box.bottom + GAP, maxHeight });
    };
    settle();
    const watcher = new ResizeObserver(settle);
    if (panel.current) watcher.observe(panel.current);
    window.addEventListener("resize", settle);
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", settle);
    };
  }, [anchor, align]);

  useEffect(() => {
    const back = anchor.current;
    const inside = panel.current;
    inside?.querySelector<HTMLElement>("[data-autofocus],input,button,[tabindex='0']")?.focus({ preventScroll: true });
    const onDown = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!panel.current?.contains(target) && !back?.contains(target)) close.current(true);
    };
    document.addEventListener("pointerdown", onDown, true);
    return () => {
      document.removeEventListener("pointerdown", onDown, true);
      if (inside?.contains(document.activeElement) || document.activeElement === document.body) back?.focus({ preventScroll: true });
    };
  }, [anchor]);

  return createPortal(
    <>
      <div className={styles.veil} onClick={() => close.current(true)} />
      <div
        ref={panel}
        role="dialog"
        aria-label={label}
        className={styles.panel}
        style={{ left: place?.left ?? 0, top: place?.top ?? 0, maxHeight: place?.maxHeight, width, visibility: place ? "visible" : "hidden" }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            close.current(false);
          }
        }}
      >
        {children}
      </div>
    </>,
    document.querySelector("dialog[open]") ?? document.body,
  );
}
