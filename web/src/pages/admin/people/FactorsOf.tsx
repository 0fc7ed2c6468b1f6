import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Person, personQuery, sessionsQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";

/** Somebody lost their phone or key: an administrator takes their second factors away. */
export function FactorsOf({ person }: { person: Person }) {
  const { me } = useSession();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => call<undefined>(`/people/${encodeURIComponent(person.id)}/second-factors`, { method: "DELETE" }),
    onSuccess: async () => {
      setAsking(false);
      await Promise.all([client.invalidateQueries(personQuery(person.id)), client.invalidateQueries(sessionsQuery(person.id))]);
    },
  });
  if (!person.second_factor || person.id === me.person.id) return null;
  return (
    <Panel title="Second factor" lead="They sign in with more than a password.">
      <div className={styles.actions}>
        <Button look="danger" onClick={() => setAsking(true)}>
          Remove their second factors
        </Button>
      </div>
      {asking && (
        <Dialog title={`Remove the second factors of ${person.name}?`} onClose={() => setAsking(false)}>
          <div className={styles.form}>
            <p>Do this when they lost their phone or key and have no recovery code. Make sure that it is really them who asks. They are signed out everywhere, and their password alone lets them in again.</p>
            <FormProblem problem={problemOf(remove.error, [])} />
            <div className={styles.actions}>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
                {remove.isPending ? "Removing…" : "Remove them"}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}
