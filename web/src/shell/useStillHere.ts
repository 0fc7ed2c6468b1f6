import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "../api/client";

const EVERY_MS = 1_500;

/**
 * An open page ends with its session, within two seconds, and shows what rights are now: somebody who was let out must not
 * go on looking. A page that nobody sees asks nothing; it asks first when it is seen again.
 */
export function useStillHere(): void {
  const client = useQueryClient();
  useEffect(() => {
    let known: string | null = null;
    let asking = false;
    const ask = async () => {
      if (asking || document.visibilityState !== "visible") return;
      asking = true;
      try {
        const { state } = await call<{ state: string }>("/account/state");
        if (known !== null && known !== state) void client.invalidateQueries();
        known = state;
      } catch {
        // Signed out: the client has sent the page away. No answer: the bar at the top says so.
      } finally {
        asking = false;
      }
    };
    const timer = window.setInterval(() => void ask(), EVERY_MS);
    const seen = () => void ask();
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [client]);
}
