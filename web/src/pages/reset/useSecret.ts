import { useEffect, useState } from "react";

/** What stands behind the `#` of a link. It goes from the address bar at once: neither history nor a picture keeps it. */
export function useSecret(): string {
  const [secret] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    if (window.location.hash !== "") window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return /^[\w-]{20,100}$/.test(secret) ? secret : "";
}
