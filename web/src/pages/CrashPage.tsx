import { useRouter } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { ErrorState } from "../ui/State";

/** The last net: something failed before a page could show its own state. */
export function CrashPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const client = useQueryClient();
  const again = () => {
    reset();
    void client.invalidateQueries();
    void router.invalidate();
  };
  return (
    <main>
      <ErrorState error={error instanceof Error ? error : new Error(String(error))} onAgain={again} />
    </main>
  );
}
