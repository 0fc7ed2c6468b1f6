import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type Connection, connectionPath, connectionsQuery } from "../../../api/identity";
import { call } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";
import own from "./Connections.module.css";

/** The end of a connection. Its name has to be typed: there is no way back. */
export function RemoveConnection({ connection, onRemoving }: { connection: Connection; onRemoving: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const name = connection.settings.name;
  const remove = useMutation({
    mutationFn: () => call<undefined>(connectionPath(connection.id), { method: "DELETE" }),
    onSuccess: async () => {
      onRemoving();
      await navigate({ to: "/admin/connections", ignoreBlocker: true });
      client.setQueryData(connectionsQuery.queryKey, (all) => all?.filter((one) => one.id !== connection.id));
      // What people had from it is gone.
      await client.invalidateQueries({ predicate: ({ queryKey }) => ["people", "person", "rights", "origin", "me", "connections", "api-keys"].includes(String(queryKey[0])) });
    },
  });
  const close = () => {
    setAsking(false);
    setTyped("");
    remove.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === name) remove.mutate();
  };
  return (
    <Panel title="Remove">
      <div className={own.end}>
        <p>People keep their accounts, and lose the roles and attributes that came with this provider.</p>
        <Button look="danger" onClick={() => setAsking(true)}>
          Remove…
        </Button>
      </div>
      {asking && (
        <Dialog title={`Remove ${name}?`} onClose={close}>
          <form className={styles.form} onSubmit={submit} noValidate>
            <p>Everybody who signed in with it is signed out at once. Their accounts stay, without the roles and attributes that it gave: most of them will see nothing until they are given others.</p>
            <p>It can't be brought back. A new connection to the same provider has other addresses.</p>
            <TextField label={`Type ${name} to remove it`} value={typed} onText={setTyped} autoComplete="off" spellCheck={false} />
            <FormProblem problem={problemOf(remove.error, [])} />
            <div className={styles.actions}>
              <Button onClick={close}>Cancel</Button>
              <Button look="danger" type="submit" disabled={typed.trim() !== name || remove.isPending}>
                {remove.isPending ? "Removing…" : "Remove for good"}
              </Button>
            </div>
          </form>
        </Dialog>
      )}
    </Panel>
  );
}
