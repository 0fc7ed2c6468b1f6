// Second factors of one's own account, and the links that need nobody to be signed in. Shapes as in docs/API-DESIGN.md.

import { queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import { worthRetrying } from "./queries";
import type { Me } from "./types";

export type OwnPasskey = { id: string; name: string; created_at: string; last_used_at: string | null };

export type SecondFactors = {
  /** False: there is no password here that a second factor could stand behind. */
  available: boolean;
  required: boolean;
  passkeys_available: boolean;
  totp_since: string | null;
  recovery_codes_left: number;
  passkeys: OwnPasskey[];
};

export type TotpOffer = { secret: string; uri: string; svg: string };

/** The session goes on under a new cookie; codes are shown once. */
export type FactorsChanged = { me: Me; recovery_codes: string[] | null };

/** The password was right; a second factor is asked for. */
export type SecondStep = { totp: boolean; passkey: boolean; seconds: number };

export type LinkShown = { login: string; name: string; expires_at: string };

export type PasswordLink = { link: string; expires_at: string };

export const secondFactorsQuery = queryOptions({
  queryKey: ["second-factors"],
  queryFn: ({ signal }) => call<SecondFactors>("/account/second-factors", { signal }),
  refetchOnWindowFocus: false,
  retry: worthRetrying,
});

export function isSecondStep(answer: Me | SecondStep): answer is SecondStep {
  return "seconds" in answer;
}

export const linkQuery = (secret: string) =>
  queryOptions({
    queryKey: ["password-link", secret],
    queryFn: ({ signal }) => call<LinkShown>("/password-reset/check", { method: "POST", body: { secret }, signal, door: true }),
    refetchOnWindowFocus: false,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
