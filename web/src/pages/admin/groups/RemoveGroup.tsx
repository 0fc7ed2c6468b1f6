import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../../api/client";
import { type Group, groupsQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { problemOf } from "../problem";

export function RemoveGroup({ group, onClose }: { group: Group; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call<undefined>(`/groups/${encodeURIComponent(group.id)}`, { method: "DELETE" }),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries(groupsQuery), client.invalidateQueries({ queryKey: ["origin"] })]);
      onClose();
    },
  });
  return (
    <Dialog title={`Remove ${group.name}?`} onClose={onClose}>
      <div className={styles.form}>
        <p>Membership gives nothing any more. People whose groups come with their sign-in lose what it gave at their next one.</p>
        <p>The group at the provider stays as it is. You can add it here again.</p>
        <FormProblem problem={problemOf(remove.error, [])} />
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {remove.isPending ? "Removing…" : "Remove the group"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
