import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, rememberToken } from "../api/client";

/** Ends the session and forgets every row that was on screen. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return () => {
    const done = () => {
      rememberToken(null);
      client.clear();
      void navigate({ to: "/sign-in", search: {}, ignoreBlocker: true });
    };
    const ended = (answer?: { provider_logout_url?: string }) => {
      // First here: the browser keeps pages, and "back" must not show rows.
      done();
      // The session at the identity provider ends too: its page sends the browser back to the sign-in page.
      if (answer?.provider_logout_url) window.location.assign(answer.provider_logout_url);
    };
    void call<{ provider_logout_url?: string } | undefined>("/sign-out", { method: "POST", door: true }).then(ended, done);
  };
}
