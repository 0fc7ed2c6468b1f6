import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { peopleQuery } from "../../../api/admin";
import { ApiError, call } from "../../../api/client";
import { type Group, type NewGroup, groupsQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { useAskedClose } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { AttributesField, attributesOf, rowsOf } from "../people/AttributesField";
import { RolesField } from "../people/RolesField";
import { knownAttributes } from "../people/known";
import { at, problemOf } from "../problem";
import { doorWords } from "../words";

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What membership gives. `group`: null for a new one. */
export function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const client = useQueryClient();
  const { data: people } = useQuery(peopleQuery);
  const [name, setName] = useState(group?.name ?? "");
  const [roles, setRoles] = useState<string[]>(group?.roles ?? []);
  const [rows, setRows] = useState(() => rowsOf(group?.attributes ?? {}));
  const attributes = attributesOf(rows);
  // Only what was changed is sent, so that what somebody else changed beside it stays.
  const change: Partial<NewGroup> = {
    ...(name.trim() === (group?.name ?? "") ? {} : { name: name.trim() }),
    ...(same([...roles].sort(), [...(group?.roles ?? [])].sort()) ? {} : { roles }),
    ...(same(attributes, group?.attributes ?? {}) ? {} : { attributes }),
  };
  const changed = Object.keys(change).length > 0;
  const { close, ask } = useAskedClose(changed, onClose);
  const save = useMutation({
    mutationFn: () => (group ? call<Group>(`/groups/${encodeURIComponent(group.id)}`, { method: "PATCH", body: change }) : call<Group>("/groups", { method: "POST", body: { name: name.trim(), roles, attributes } })),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries(groupsQuery), client.invalidateQueries({ queryKey: ["origin"] })]);
      onClose();
    },
  });
  const known = problemOf(save.error, ["name", "roles", "attributes"]);
  const taken = save.error instanceof ApiError && save.error.status === 409;
  const problem = taken ? { field: "name", text: "There is a group of this name. Capital letters make no difference." } : known;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={group ? `Group ${group.name}` : "Add a group"} onClose={close}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label="Name"
          value={name}
          onText={(text) => {
            setName(text);
            if (save.error) save.reset();
          }}
          autoComplete="off"
          spellCheck={false}
          error={at(problem, "name")}
          hint="As the provider sends it, in capital letters or not. Entra ID sends the group's object id."
          data-autofocus
        />
        <RolesField roles={roles} onRoles={setRoles} error={at(problem, "roles")} />
        <p className={styles.note} role="status">
          {doorWords(roles)}.
        </p>
        <AttributesField rows={rows} onRows={setRows} known={knownAttributes(people)} error={at(problem, "attributes")} />
        <p className={styles.sub}>People whose groups come with their sign-in have it from their next sign-in on.</p>
        <FormProblem problem={problem} />
        {ask ?? (
          <div className={styles.actions}>
            <Button onClick={close}>Cancel</Button>
            <Button look="main" type="submit" disabled={name.trim() === "" || save.isPending || !changed}>
              {save.isPending ? "Saving…" : group ? "Save" : "Add the group"}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
