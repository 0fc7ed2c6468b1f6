// Too many wrong passwords or codes: said as a wait, whichever form it was.

import { ApiError } from "../../api/client";
import type { Problem } from "../admin/problem";

export function late(error: Error | null): Problem | null {
  return error instanceof ApiError && error.status === 429 ? { field: null, text: "Too many attempts. Wait a few minutes, then try again." } : null;
}
