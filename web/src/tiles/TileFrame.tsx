import type { KeyboardEvent, ReactNode } from "react";
import type { Tile } from "../api/types";
import { MoreMenu, type MenuItem } from "../ui/Menu";
import styles from "./TileFrame.module.css";

type Props = {
  tile: Tile;
  menu: readonly MenuItem[];
  subtitle?: string | null;
  note?: string | null;
  legend?: ReactNode;
  children: ReactNode;
  compact?: boolean;
};

/** The panel around every tile: its title asks, its body answers. Arrows go from tile to tile, Enter goes in. */
export function TileFrame({ tile, menu, subtitle, note, legend, children, compact }: Props) {
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) {
      if (event.key === "Escape" && !event.defaultPrevented) event.currentTarget.focus();
      return;
    }
    if (event.key === "Enter") {
      const inner = event.currentTarget.querySelector<HTMLElement>("[data-tile-inner]");
      if (inner) {
        event.preventDefault();
        inner.focus();
      }
      return;
    }
    const next = neighbour(event.currentTarget, event.key);
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };
  return (
    <section
      className={styles.tile}
      data-kind={tile.kind}
      data-compact={compact || undefined}
      data-tile={tile.id}
      style={{ ["--x" as string]: tile.x + 1, ["--y" as string]: tile.y + 1, ["--w" as string]: tile.w, ["--h" as string]: tile.h }}
      aria-label={tile.title}
      tabIndex={0}
      onKeyDown={onKey}
    >
      <header className={styles.head}>
        <div className={styles.titles}>
          <h2 className={styles.title} title={tile.kind === "headline" ? (tile.subtitle ?? undefined) : undefined}>
            {tile.title}
          </h2>
          {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        {menu.length > 0 && <MoreMenu label={`More on ${tile.title}`} items={menu} className={styles.more} />}
      </header>
      {legend}
      <div className={styles.body}>{children}</div>
      {note && <p className={styles.note}>{note}</p>}
    </section>
  );
}

const DIRECTIONS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The nearest tile in the direction of an arrow, by where tiles are on screen. */
function neighbour(from: HTMLElement, key: string): HTMLElement | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  const [dx, dy] = direction;
  const middle = (box: DOMRect): [number, number] => [box.left + box.width / 2, box.top + box.height / 2];
  const [x, y] = middle(from.getBoundingClientRect());
  let best: HTMLElement | null = null;
  let least = Infinity;
  for (const tile of document.querySelectorAll<HTMLElement>("[data-tile]")) {
    if (tile === from) continue;
    const [tx, ty] = middle(tile.getBoundingClientRect());
    const along = (tx - x) * dx + (ty - y) * dy;
    if (along < 8) continue;
    const across = Math.abs((tx - x) * dy) + Math.abs((ty - y) * dx);
    const score = along + across * 2;
    if (score < least) {
      least = score;
      best = tile;
    }
  }
  return best;
}
