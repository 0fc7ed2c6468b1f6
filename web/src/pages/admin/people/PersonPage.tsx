import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type Person, personQuery } from "../../../api/admin";
import { ApiError } from "../../../api/client";
import buttons from "../../../ui/Button.module.css";
import { Icon } from "../../../ui/Icon";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { When } from "../When";
import { ActiveButton } from "./ActiveButton";
import { FactorsOf } from "./FactorsOf";
import { KeysOf } from "./KeysOf";
import own from "./People.module.css";
import { OriginPanel } from "./OriginPanel";
import { PasswordOf } from "./PasswordOf";
import { RightsPanel } from "./RightsPanel";
import { RolesForm } from "./RolesForm";
import { Sessions } from "./Sessions";

export function PersonPage() {
  const { id } = useParams({ from: "/inside/admin/people/$id" });
  const { data: person, error, refetch } = useQuery(personQuery(id));
  if (error instanceof ApiError && error.status === 404)
    return (
      <State
        title="This person is not here"
        actions={
          <Link to="/admin/people" className={buttons.button}>
            To all people
          </Link>
        }
      >
        <p>There is no account with this address in your workspace.</p>
      </State>
    );
  if (error && !person) return <ErrorState error={error} onAgain={() => void refetch()} />;
  return (
    <div className={styles.page}>
      <Link to="/admin/people" className={own.back}>
        <Icon name="left" size={16} />
        All people
      </Link>
      {person ? (
        <>
          <div className={own.top}>
            <h2>
              {person.name}
              {!person.active && <Tag look="strong">Deactivated</Tag>}
              {person.kind === "service" && <Tag look="accent">Service</Tag>}
            </h2>
            <ActiveButton person={person} />
          </div>
          <div className={own.columns}>
            <div className={own.column}>
              <Facts person={person} />
              <RightsPanel person={person} />
              {person.kind === "person" && <OriginPanel person={person} />}
            </div>
            <div className={own.column}>
              <RolesForm key={person.changed_at} person={person} />
              {person.kind === "person" && <SessionsPanel person={person} />}
              {person.kind === "person" && <PasswordOf person={person} />}
              {person.kind === "person" && <FactorsOf person={person} />}
              <KeysOf person={person} />
            </div>
          </div>
        </>
      ) : (
        <div className={own.columns} role="status" aria-busy="true" aria-label="Loading the person">
          <Skeleton height={420} />
          <Skeleton height={420} />
        </div>
      )}
    </div>
  );
}

function Facts({ person }: { person: Person }) {
  return (
    <Panel title="Account">
      <dl className={styles.facts}>
        <dt>Login</dt>
        <dd>{person.login}</dd>
        {person.email !== "" && person.email !== person.login && (
          <>
            <dt>E-mail</dt>
            <dd>{person.email}</dd>
          </>
        )}
        {person.kind === "person" && (
          <>
            <dt>Last sign-in</dt>
            <dd>
              <When at={person.last_sign_in_at} none="Never" />
            </dd>
            <dt>Password</dt>
            <dd>{!person.has_password ? "None: no sign-in by password" : person.password_change_due ? "Given by an administrator, to be changed at the next sign-in" : "Their own"}</dd>
            <dt>Second factor</dt>
            <dd>{person.second_factor ? "Set up" : "None"}</dd>
          </>
        )}
        <dt>Made</dt>
        <dd>
          <When at={person.created_at} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <When at={person.changed_at} />
        </dd>
      </dl>
    </Panel>
  );
}

function SessionsPanel({ person }: { person: Person }) {
  return (
    <Panel title="Sessions" lead="Where they are signed in now.">
      <Sessions person={person.id} />
    </Panel>
  );
}
