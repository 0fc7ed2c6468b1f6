// Which colour a thing has. The same queue, team or channel keeps its colour on every chart of a dashboard.

import type { Cell, Column } from "../api/types";
import type { ChartTheme } from "./theme";

/** The order in which values get the colours of the palette: blue and orange late, because they also say good and bad. */
const ORDER: readonly number[] = [2, 4, 3, 6, 5, 0, 7, 1];
const SLOTS = ORDER.length;
/** The colour of the first metric that is neither good nor bad news. */
const GOOD_SLOT = 0;
const BAD_SLOT = 1;

export class Colours {
  private readonly slots = new Map<string, Map<string, number>>();

  /**
   * Gives every value of an attribute a place, in order of name, so that the outcome does not depend on which chart is drawn
   * first or how it is sorted. Places once given stay.
   */
  register(attribute: string, values: Iterable<Cell>): void {
    const known = this.slots.get(attribute) ?? new Map<string, number>();
    this.slots.set(attribute, known);
    const fresh = [...new Set([...values].map(keyOf))].filter((key) => !known.has(key)).sort();
    for (const key of fresh) known.set(key, ORDER[known.size] ?? -1);
  }

  of(attribute: string, value: Cell, theme: ChartTheme): string {
    this.register(attribute, [value]);
    const slot = this.slots.get(attribute)?.get(keyOf(value)) ?? -1;
    return slot < 0 ? theme.rest : (theme.palette[slot] ?? theme.rest);
  }

  /** One metric alone is plain blue. Metrics side by side: what should go up is blue, what should go down is orange, others take the next free colours. */
  metrics(columns: readonly Column[], theme: ChartTheme): string[] {
    const used = new Set<number>();
    if (columns.length === 1) return [theme.palette[GOOD_SLOT] ?? theme.rest];
    return columns.map((column, index) => {
      let slot = column.good === "down" ? BAD_SLOT : index === 0 || column.good === "up" ? GOOD_SLOT : 2;
      while (used.has(slot)) slot = (slot + 1) % SLOTS;
      used.add(slot);
      return theme.palette[slot] ?? theme.rest;
    });
  }
}

function keyOf(value: Cell): string {
  return value === null ? "\u0000" : String(value);
}
