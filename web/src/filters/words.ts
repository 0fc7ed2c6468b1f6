// A filter in words, as on its chip.

import type { Filter } from "../api/types";
import { type FormatContext, NO_VALUE } from "../format/cell";
import { hourName, weekdayName } from "../format/time";

export function valueWords(attribute: string, value: string | number | null, context: FormatContext): string {
  if (value === null) return NO_VALUE;
  if (attribute === "time.weekday") return weekdayName(Number(value), context.locale, true);
  if (attribute === "time.hour_of_day") return hourName(Number(value));
  return String(value);
}

/** `Anvils_Calls`, `Anvils_Calls and 2 more`, `not Chat`, `120 or more`. */
export function filterWords(filter: Filter, context: FormatContext): string {
  const [first] = filter.values;
  if (first === undefined) return "";
  const one = valueWords(filter.attribute, first, context);
  const more = filter.values.length > 1 ? ` and ${filter.values.length - 1} more` : "";
  switch (filter.op) {
    case "in":
      return one + more;
    case "not_in":
      if (first === null && filter.values.length === 1) return "any value";
      return `not ${one}${more}`;
    case "contains":
      return `contains “${one}”`;
    case "at_least":
      return `${one} or more`;
    case "at_most":
      return `${one} or less`;
  }
}

const OWN_TITLES: Record<string, string> = {
  "time.weekday": "Weekday",
  "time.hour_of_day": "Hour of day",
};

/** The name of an attribute for people; a name that is not in the metadata is at least made readable. */
export function attributeTitle(name: string, titles: ReadonlyMap<string, string>): string {
  const known = titles.get(name) ?? OWN_TITLES[name];
  if (known) return known;
  const words = name.replace(/^time\./, "").replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
