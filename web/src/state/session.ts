import { createContext, useContext } from "react";
import type { Me } from "../api/types";
import type { FormatContext } from "../format/cell";

export type Session = { me: Me; locale: string; zone: string; context: FormatContext };

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside the signed-in part");
  return session;
}

export function makeSession(me: Me): Session {
  const locale = navigator.language || "en";
  const zone = me.workspace.time_zone;
  return { me, locale, zone, context: { locale, zone } };
}
