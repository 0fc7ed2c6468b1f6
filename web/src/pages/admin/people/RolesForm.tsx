import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Person, changePerson, peopleQuery } from "../../../api/admin";
import { originQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import { Unsaved } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { at, problemOf } from "../problem";
import { AttributesField, attributesOf, rowsOf } from "./AttributesField";
import { RolesField } from "./RolesField";
import { knownAttributes } from "./known";
import { lockedAttributes, lockedRoles, ownAttributes } from "./provided";
import { renew } from "./renew";

const FIELDS = ["name", "email", "roles", "attributes"];

/** Name, roles and attributes. They hold from the person's next request on, in open sessions too. */
export function RolesForm({ person }: { person: Person }) {
  const client = useQueryClient();
  const { data: people } = useQuery(peopleQuery);
  const [name, setName] = useState(person.name);
  const [email, setEmail] = useState(person.email);
  const [roles, setRoles] = useState(person.roles);
  const { data: origin } = useQuery({ ...originQuery(person.id), enabled: person.provided_roles.length > 0 || Object.keys(person.provided_attributes).length > 0 });
  const [rows, setRows] = useState(() => rowsOf(ownAttributes(person)));
  const change = useMutation({
    mutationFn: () => changePerson(person.id, { name: name.trim(), email: email.trim(), roles, attributes: { ...attributesOf(rows), ...person.provided_attributes } }),
    onSuccess: (now) => renew(client, now),
  });
  const problem = problemOf(change.error, FIELDS);
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const changed = name !== person.name || email !== person.email || !same([...roles].sort(), [...person.roles].sort()) || !same(attributesOf(rows), ownAttributes(person));
  const twice = rows.find(({ name: one }) => one.trim() in person.provided_attributes)?.name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Panel title="Roles and attributes" lead="Changes hold at once, in open sessions too.">
      <form className={styles.form} onSubmit={submit} noValidate>
        <Unsaved changed={changed} />
        <div className={styles.pair}>
          <TextField label="Name" value={name} onText={setName} required autoComplete="off" error={at(problem, "name")} />
          <TextField label="E-mail" value={email} onText={setEmail} autoComplete="off" spellCheck={false} error={at(problem, "email")} />
        </div>
        <RolesField roles={roles} onRoles={setRoles} error={at(problem, "roles")} locked={lockedRoles(person, origin)} />
        <AttributesField
          rows={rows}
          onRows={setRows}
          known={knownAttributes(people)}
          locked={lockedAttributes(person, origin)}
          error={twice !== undefined ? `The identity provider gives ${twice}: change it there.` : at(problem, "attributes")}
        />
        <FormProblem problem={problem} />
        <div className={styles.actions}>
          {changed && (
            <Button
              onClick={() => {
                change.reset();
                setName(person.name);
                setEmail(person.email);
                setRoles(person.roles);
                setRows(rowsOf(ownAttributes(person)));
              }}
            >
              Undo
            </Button>
          )}
          <Button look="main" type="submit" disabled={!changed || change.isPending || name.trim() === "" || twice !== undefined}>
            {change.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
