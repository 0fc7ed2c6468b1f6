import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Person, changePerson } from "../../../api/admin";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { problemOf } from "../problem";
import { renew } from "./renew";

/** Letting somebody go, or back in. */
export function ActiveButton({ person }: { person: Person }) {
  const { me } = useSession();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const change = useMutation({
    mutationFn: (active: boolean) => changePerson(person.id, { active }),
    onSuccess: async (now) => {
      setAsking(false);
      await renew(client, now);
    },
  });
  if (person.id === me.person.id) return null;
  if (!person.active)
    return (
      <span className={styles.headActions}>
        <FormProblem problem={problemOf(change.error, [])} />
        <Button disabled={change.isPending} onClick={() => change.mutate(true)}>
          Activate again
        </Button>
      </span>
    );
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        Deactivate
      </Button>
      {asking && (
        <Dialog title={`Deactivate ${person.name}?`} onClose={() => setAsking(false)}>
          <div className={styles.form}>
            <p>
              {person.kind === "service"
                ? "All of its API keys end at once and for good."
                : "They are signed out everywhere at once, and all of their API keys end for good. What they made stays, and so does their part of the audit log."}
            </p>
            <p>You can activate the account again. Keys have to be made anew then.</p>
            <FormProblem problem={problemOf(change.error, [])} />
            <div className={styles.actions}>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button look="danger" disabled={change.isPending} onClick={() => change.mutate(false)}>
                {change.isPending ? "Deactivating…" : "Deactivate"}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
