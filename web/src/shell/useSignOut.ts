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
    void call("/sign-out", { method: "POST", door: true }).then(done, done);
  };
}
