import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Person, changePerson, peopleQuery } from "../../../api/admin";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { at, problemOf } from "../problem";
import { AttributesField, attributesOf, rowsOf } from "./AttributesField";
import { RolesField } from "./RolesField";
import { knownAttributes } from "./known";
import { renew } from "./renew";

const FIELDS = ["name", "email", "roles", "attributes"];

/** Name, roles and attributes. They hold from the person's next request on, in open sessions too. */
export function RolesForm({ person }: { person: Person }) {
  const client = useQueryClient();
  const { data: people } = useQuery(peopleQuery);
  const [name, setName] = useState(person.name);
  const [email, setEmail] = useState(person.email);
  const [roles, setRoles] = useState(person.roles);
  const [rows, setRows] = useState(() => rowsOf(person.attributes));
  const change = useMutation({
    mutationFn: () => changePerson(person.id, { name: name.trim(), email: email.trim(), roles, attributes: attributesOf(rows) }),
    onSuccess: (now) => renew(client, now),
  });
  const problem = problemOf(change.error, FIELDS);
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const changed = name !== person.name || email !== person.email || !same([...roles].sort(), [...person.roles].sort()) || !same(attributesOf(rows), person.attributes);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title="Roles and attributes" lead="Changes hold at once, in open sessions too.">
      <form className={styles.form} onSubmit={submit} noValidate>
        <div className={styles.pair}>
          <TextField label="Name" value={name} onText={setName} required autoComplete="off" error={at(problem, "name")} />
          <TextField label="E-mail" value={email} onText={setEmail} autoComplete="off" spellCheck={false} error={at(problem, "email")} />
        </div>
        <RolesField roles={roles} onRoles={setRoles} error={at(problem, "roles")} />
        <AttributesField rows={rows} onRows={setRows} known={knownAttributes(people)} error={at(problem, "attributes")} />
        <FormProblem problem={problem} />
        <div className={styles.actions}>
          {changed && (
            <Button
              onClick={() => {
                change.reset();
                setName(person.name);
                setEmail(person.email);
                setRoles(person.roles);
                setRows(rowsOf(person.attributes));
              }}
            >
              Undo
            </Button>
          )}
          <Button look="main" type="submit" disabled={!changed || change.isPending || name.trim() === ""}>
            {change.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
