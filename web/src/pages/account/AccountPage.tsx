import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionsPath } from "../../api/admin";
import { call, rememberToken } from "../../api/client";
import { PageHeader } from "../../shell/PageHeader";
import { useSession } from "../../state/session";
import { Button } from "../../ui/Button";
import { Tag } from "../../ui/Tag";
import styles from "../admin/AdminPage.module.css";
import { FormProblem } from "../admin/FormProblem";
import { Panel } from "../admin/Panel";
import { Sessions } from "../admin/people/Sessions";
import people from "../admin/people/People.module.css";
import { problemOf } from "../admin/problem";
import { roleTitle } from "../admin/words";
import { When } from "../admin/When";
import { PasswordForm } from "./PasswordForm";
import { SecondFactor } from "./SecondFactor";

export function AccountPage() {
  const { me } = useSession();
  const attributes = Object.entries(me.person.attributes).filter(([, values]) => values.length > 0);
  return (
    <>
      <PageHeader title="Your account" />
      <div className={styles.page}>
        <div className={people.columns}>
          <div className={people.column}>
            <Panel title={me.person.name}>
              <dl className={styles.facts}>
                <dt>Login</dt>
                <dd>{me.person.login}</dd>
                <dt>Roles</dt>
                <dd className={styles.tags}>
                  {me.person.roles.map((role) => (
                    <Tag key={role} title={role}>
                      {roleTitle(role)}
                    </Tag>
                  ))}
                </dd>
                {attributes.map(([name, values]) => (
                  <Fact key={name} name={name} value={values.join(", ")} />
                ))}
                <dt>You see</dt>
                <dd>{me.scope.label}</dd>
              </dl>
            </Panel>
            <Panel title="Password" lead={me.person.has_password ? "Changing it signs you out everywhere else." : undefined}>
              {me.person.has_password ? <PasswordForm /> : <p className={styles.none}>You sign in without a password of this application.</p>}
            </Panel>
          </div>
          <div className={people.column}>
            <Panel title="Second factor" lead="More than a password: whoever learns yours still stays out.">
              <SecondFactor when={(at, none) => <When at={at} none={none} />} />
            </Panel>
            <Panel title="Where you are signed in" lead="Something you do not know? End it, and change your password.">
              <Sessions person={null} />
              <Everywhere />
            </Panel>
          </div>
        </div>
      </div>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Everywhere() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const end = useMutation({
    mutationFn: () => call<undefined>(sessionsPath(null), { method: "DELETE" }),
    onSuccess: async () => {
      rememberToken(null);
      client.clear();
      await navigate({ to: "/sign-in", search: {} });
    },
  });
  return (
    <>
      <FormProblem problem={problemOf(end.error, [])} />
      <div className={styles.actions}>
        <Button look="danger" icon="out" disabled={end.isPending} onClick={() => end.mutate()}>
          Sign out everywhere
        </Button>
      </div>
    </>
  );
}
