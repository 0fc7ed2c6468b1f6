import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type NewPerson, type Person, peopleQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { SelectField, TextField } from "../../../ui/Field";
import { useAskedClose } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { at, problemOf } from "../problem";
import { type AttributeRow, AttributesField, attributesOf } from "./AttributesField";
import { RolesField } from "./RolesField";
import { knownAttributes } from "./known";

const FIELDS = ["login", "name", "email", "password", "roles", "attributes"];
const KINDS = [
  ["person", "Person, signs in"],
  ["service", "Service, acts by API key"],
] as const;

export function NewPersonDialog({ onClose, kind: first = "person", onMade }: { onClose: () => void; kind?: NewPerson["kind"]; onMade?: (person: Person) => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: people } = useQuery(peopleQuery);
  const [kind, setKind] = useState<NewPerson["kind"]>(first);
  const [name, setName] = useState("");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [rows, setRows] = useState<AttributeRow[]>([]);
  const make = useMutation({
    mutationFn: (body: NewPerson) => call<Person>("/people", { method: "POST", body }),
    // The first password is in what was sent: it stays in this dialog and in no cache.
    gcTime: 0,
    onSuccess: async (person) => {
      await client.invalidateQueries(peopleQuery);
      onClose();
      make.reset();
      if (onMade) onMade(person);
      else await navigate({ to: "/admin/people/$id", params: { id: person.id } });
    },
  });
  const problem = problemOf(make.error, FIELDS);
  const { close, ask } = useAskedClose(name + login + password !== "" || roles.length > 0 || rows.length > 0, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ kind, name: name.trim(), login: login.trim(), roles, attributes: attributesOf(rows), ...(kind === "person" && password !== "" ? { password } : {}) });
  };
  return (
    <Dialog title={kind === "service" ? "New service" : "New person"} onClose={close}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <SelectField label="Kind" value={kind} options={KINDS} onText={(value) => setKind(value === "service" ? "service" : "person")} />
        <div className={styles.pair}>
          <TextField label="Name" value={name} onText={setName} required autoComplete="off" error={at(problem, "name")} data-autofocus />
          <TextField
            label={kind === "service" ? "Login" : "E-mail or login"}
            value={login}
            onText={setLogin}
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            error={at(problem, "login")}
            hint={kind === "service" ? "Names it in lists. Nobody signs in with it." : undefined}
          />
        </div>
        {kind === "person" && (
          <TextField
            label="First password"
            type="password"
            value={password}
            onText={setPassword}
            autoComplete="new-password"
            error={at(problem, "password")}
            hint="At least 12 characters. They choose their own at the first sign-in. Without one they can't sign in by password."
          />
        )}
        <RolesField roles={roles} onRoles={setRoles} error={at(problem, "roles")} />
        <AttributesField rows={rows} onRows={setRows} known={knownAttributes(people)} error={at(problem, "attributes")} />
        <FormProblem problem={problem} />
        {ask ?? (
          <div className={styles.actions}>
            <Button onClick={close}>Cancel</Button>
            <Button look="main" type="submit" disabled={make.isPending || name.trim() === "" || login.trim() === ""}>
              {make.isPending ? "Making…" : kind === "service" ? "Make the service" : "Make the person"}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
