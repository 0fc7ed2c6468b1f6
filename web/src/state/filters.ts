// Filters as they travel in the address: one text for each, `queue:in:Anvils_Calls,Onions%2C_Calls`; `~` is "no value".

import type { Filter, FilterOp, FilterValue } from "../api/types";

const OPS: readonly FilterOp[] = ["in", "not_in", "contains", "at_least", "at_most"];
const NOTHING = "~";

function encode(value: FilterValue): string {
  if (value === null) return NOTHING;
  const text = String(value).replace(/[%,:~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return text;
}

function decode(text: string): string | null {
  if (text === NOTHING) return null;
  return text.replace(/%(25|2C|3A|7E)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

export function filterText(filter: Filter): string {
  return `${filter.attribute}:${filter.op}:${filter.values.map(encode).join(",")}`;
}

export function parseFilter(text: string): Filter | null {
  const [attribute, op, values] = text.split(":");
  if (!attribute || values === undefined || !OPS.some((known) => known === op)) return null;
  if (values === "") return null;
  const decoded = values.split(",").map(decode);
  if (op === "at_least" || op === "at_most" || attribute.startsWith("time.")) {
    const numbers = decoded.map(Number);
    return numbers.some(Number.isNaN) ? null : { attribute, op: op as FilterOp, values: numbers };
  }
  return { attribute, op: op as FilterOp, values: decoded };
}

export function parseFilters(texts: readonly string[] | undefined): Filter[] {
  return (texts ?? []).flatMap((text) => parseFilter(text) ?? []);
}

export function filterTexts(filters: readonly Filter[]): string[] | undefined {
  const texts = filters.filter((filter) => filter.values.length > 0).map(filterText);
  return texts.length > 0 ? texts : undefined;
}

export function filterOf(filters: readonly Filter[], attribute: string): Filter | undefined {
  return filters.find((filter) => filter.attribute === attribute);
}

/** The filters with one attribute's choice replaced, or removed when nothing is chosen. */
export function withFilter(filters: readonly Filter[], attribute: string, op: FilterOp, values: readonly FilterValue[]): Filter[] {
  const others = filters.filter((filter) => filter.attribute !== attribute);
  return values.length > 0 ? [...others, { attribute, op, values: [...values] }] : others;
}

/** A click on a value: it alone, or nothing when it was alone already. With `add` (shift) it joins or leaves the others. */
export function toggleValue(filters: readonly Filter[], attribute: string, value: FilterValue, add: boolean): Filter[] {
  const current = filterOf(filters, attribute);
  const chosen = current?.op === "in" ? current.values : [];
  const had = chosen.includes(value);
  if (add) return withFilter(filters, attribute, "in", had ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return withFilter(filters, attribute, "in", had && chosen.length === 1 ? [] : [value]);
}
