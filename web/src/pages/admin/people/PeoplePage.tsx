import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { type Person, peopleQuery } from "../../../api/admin";
import { formatCount } from "../../../format/number";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { SelectField, TextField } from "../../../ui/Field";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { When } from "../When";
import { roleTitle } from "../words";
import { NewPersonDialog } from "./NewPersonDialog";
import { findPeople } from "./search";

const WHICH = [
  ["active", "Active"],
  ["deactivated", "Deactivated"],
  ["all", "All"],
] as const;

export function PeoplePage() {
  const { locale } = useSession();
  const search = useSearch({ from: "/inside/admin/people" });
  const navigate = useNavigate({ from: "/admin/people" });
  const { data, error, refetch } = useQuery(peopleQuery);
  const [making, setMaking] = useState(false);
  const which = search.which ?? "active";
  const text = search.q ?? "";
  const found = useMemo(() => findPeople(data ?? [], text, which), [data, text, which]);
  const put = (patch: { q?: string; which?: string }) => void navigate({ search: (now) => ({ ...now, ...patch }), replace: true, resetScroll: false });

  return (
    <div className={styles.page}>
      <Panel
        title="People"
        lead="Who can sign in, with which roles, and services that act by API key."
        flush
        actions={
          <Button look="main" icon="plus" onClick={() => setMaking(true)}>
            New person
          </Button>
        }
      >
        <div className={styles.tools}>
          <TextField label="Search" type="search" placeholder="Name, login, role or attribute" value={text} onText={(q) => put({ q: q || undefined })} data-search />
          <SelectField label="Show" value={which} options={WHICH} onText={(value) => put({ which: value === "active" ? undefined : value })} />
        </div>
        {error && !data ? (
          <div className={styles.state}>
            <ErrorState error={error} onAgain={() => void refetch()} small />
          </div>
        ) : !data ? (
          <Loading />
        ) : found.length === 0 ? (
          <div className={styles.state}>
            <State
              small
              title={text ? "Nobody fits" : which === "deactivated" ? "Nobody is deactivated" : "Nobody is here yet"}
              actions={text || which !== "active" ? <Button onClick={() => put({ q: undefined, which: undefined })}>Show all active people</Button> : undefined}
            >
              <p>{text ? "Every word must begin a word of the name, the login, a role or an attribute." : "Make the first person with the button above."}</p>
            </State>
          </div>
        ) : (
          <>
            <p className={styles.count} role="status">
              {formatCount(found.length, locale)} {found.length === 1 ? "account" : "accounts"}
            </p>
            <table className={styles.rows}>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col" className={styles.wide}>
                    Roles
                  </th>
                  <th scope="col" className={styles.wide}>
                    Attributes
                  </th>
                  <th scope="col" className={styles.wide}>
                    Last sign-in
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((person) => (
                  <Row key={person.id} person={person} />
                ))}
              </tbody>
            </table>
          </>
        )}
      </Panel>
      {making && <NewPersonDialog onClose={() => setMaking(false)} />}
    </div>
  );
}

function Row({ person }: { person: Person }) {
  const attributes = Object.entries(person.attributes).filter(([, values]) => values.length > 0);
  return (
    <tr data-link data-off={person.active ? undefined : true}>
      <td>
        <Link to="/admin/people/$id" params={{ id: person.id }} className={styles.name}>
          {person.name}
        </Link>
        <span className={styles.sub}>{person.login}</span>
        <span className={styles.phone}>
          <Tags person={person} />
        </span>
      </td>
      <td className={styles.wide}>
        <Tags person={person} />
      </td>
      <td className={styles.wide}>
        {attributes.length === 0 ? (
          <span className={styles.sub}>None</span>
        ) : (
          attributes.slice(0, 3).map(([name, values]) => (
            <span key={name} className={styles.sub}>
              {name}: {values.slice(0, 4).join(", ")}
              {values.length > 4 && ` +${values.length - 4}`}
            </span>
          ))
        )}
        {attributes.length > 3 && <span className={styles.sub}>and {attributes.length - 3} more</span>}
      </td>
      <td className={styles.wide} data-tight>
        {person.kind === "service" ? <span className={styles.sub}>Acts by key</span> : <When at={person.last_sign_in_at} none="Never" />}
      </td>
    </tr>
  );
}

function Tags({ person }: { person: Person }) {
  return (
    <span className={styles.tags}>
      {!person.active && <Tag look="strong">Deactivated</Tag>}
      {person.kind === "service" && <Tag look="accent">Service</Tag>}
      {person.roles.length === 0 && <span className={styles.sub}>No role</span>}
      {person.roles.map((role) => (
        <Tag key={role} look={person.unknown_roles.includes(role) ? "strong" : "plain"} title={person.unknown_roles.includes(role) ? `${role}: not known, gives nothing` : role}>
          {roleTitle(role)}
        </Tag>
      ))}
    </span>
  );
}

function Loading() {
  return (
    <div className={styles.form} role="status" aria-busy="true" aria-label="Loading people">
      {Array.from({ length: 6 }, (_, at) => (
        <Skeleton key={at} height={40} />
      ))}
      <span />
    </div>
  );
}
