// What a failed change says, at the field that is wrong or below the form.

import { ApiError } from "../../api/client";

export type Problem = { field: string | null; text: string };

/** `fields` are those that the form shows; what is wrong elsewhere is said for the whole. */
export function problemOf(error: Error | null, fields: readonly string[]): Problem | null {
  if (!error) return null;
  if (!(error instanceof ApiError)) return { field: null, text: "Something went wrong in the page. Load it again." };
  if (error.offline) return { field: null, text: "The server does not answer. Nothing was changed; try again." };
  const field = error.field !== null && fields.includes(error.field) ? error.field : null;
  return { field, text: error.status >= 500 && error.id ? `${error.message} (number ${error.id})` : error.message };
}

export function at(problem: Problem | null, field: string): string | null {
  return problem?.field === field ? problem.text : null;
}
