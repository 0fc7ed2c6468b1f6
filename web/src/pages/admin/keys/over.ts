import type { ApiKey } from "../../../api/admin";

/** Revoked, or past its end. */
export function isOver(key: ApiKey, now: number): boolean {
  return key.revoked_at !== null || (key.expires_at !== null && Date.parse(key.expires_at) <= now);
}
