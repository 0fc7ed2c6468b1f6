import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Connection, connectionsQuery, saveConnection } from "../../../api/identity";
import { ApiError } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { problemOf } from "../problem";
import own from "./Connections.module.css";

/** Opens or closes the way in through a provider. `waits`: there are changes on the page, which would be lost. */
export function EnableButton({ connection, waits }: { connection: Connection; waits: boolean }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { settings } = connection;
  const change = useMutation({
    mutationFn: (enabled: boolean) => saveConnection(connection.id, connection.version, { ...settings, enabled }),
    onSuccess: (now) => {
      client.setQueryData(connectionsQuery.queryKey, (all) => all?.map((one) => (one.id === now.id ? now : one)));
      setAsking(false);
    },
  });
  const conflict = change.error instanceof ApiError && change.error.status === 409;
  const close = () => {
    setAsking(false);
    change.reset();
    if (conflict) void client.invalidateQueries(connectionsQuery);
  };
  return (
    <div className={own.line}>
      {waits && <span className={own.small}>Save or undo your changes first.</span>}
      <Button look={settings.enabled ? "danger" : "main"} disabled={waits} onClick={() => setAsking(true)}>
        {settings.enabled ? "Switch off" : "Switch on"}
      </Button>
      {asking && (
        <Dialog title={settings.enabled ? `Switch ${settings.name} off?` : `Switch ${settings.name} on?`} onClose={close}>
          <div className={styles.form}>
            {settings.enabled ? (
              <>
                <p>Nobody signs in with {settings.name} any more, and everybody who did is signed out at once. You too, if you did.</p>
                <p>Their accounts stay, with the roles and attributes that they have. You can switch it on again.</p>
              </>
            ) : (
              <>
                <p>The sign-in page shows “Sign in with {settings.name}”. Whoever the provider lets in, and whose roles open the door, comes in.</p>
                <p>People who are new get an account at their first sign-in, with what the provider sends and no more.</p>
                {settings.forbids_local_sign_in && <p>From then on passwords open nothing any more, but for administrators who are linked to no provider.</p>}
              </>
            )}
            <FormProblem problem={conflict ? { field: null, text: "Someone else changed this identity provider meanwhile. Nothing was switched: close this, look at their change, and try again." } : problemOf(change.error, [])} />
            <div className={styles.actions}>
              <Button onClick={close}>{conflict ? "Close and load theirs" : "Cancel"}</Button>
              {!conflict && (
                <Button look={settings.enabled ? "danger" : "main"} disabled={change.isPending} onClick={() => change.mutate(!settings.enabled)}>
                  {settings.enabled ? (change.isPending ? "Switching off…" : "Switch off") : change.isPending ? "Switching on…" : "Switch on"}
                </Button>
              )}
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}
