import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { type Person, peopleQuery } from "../../../api/admin";
import { type Given, type OriginConnection, type Worker, originQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { When } from "../When";
import { kindWords, roleTitle } from "../words";
import { LinkDialog } from "./LinkDialog";
import own from "./Origin.module.css";

/** Who gave which of the roles and attributes, and what the contact centre's own worker says beside it. */
export function OriginPanel({ person }: { person: Person }) {
  const { data, error, refetch } = useQuery(originQuery(person.id));
  const [linking, setLinking] = useState(false);
  return (
    <Panel
      title="Where it comes from"
      lead="Who gave the roles and attributes. Of one attribute, the identity provider's values hold."
      actions={<Button onClick={() => setLinking(true)}>Link an account</Button>}
    >
      {error && !data ? (
        <div className={styles.state}>
          <ErrorState error={error} onAgain={() => void refetch()} small />
        </div>
      ) : !data ? (
        <div role="status" aria-busy="true" aria-label="Loading where it comes from">
          <Skeleton height={180} />
        </div>
      ) : (
        <div>
          {data.connections.map((one) => (
            <Provider key={`${one.connection} ${one.source} ${one.subject}`} from={one} unknown={person.unknown_roles} />
          ))}
          {data.connections.length === 0 && (
            <Part title="Identity providers">
              <p className={own.none}>None: this account is linked to no identity provider.</p>
            </Part>
          )}
          {data.groups.map((group) => (
            <Part key={group.id} title={`Group ${group.name}`} aside={<>through {data.connections.find(({ connection }) => connection === group.connection)?.name ?? "an identity provider"}</>}>
              <Gives given={group} unknown={person.unknown_roles} none="It gives nothing." />
            </Part>
          ))}
          <Part title="An administrator gave">
            <Gives given={data.given} unknown={person.unknown_roles} none="Nothing: all of it comes from elsewhere." />
          </Part>
          <WorkerPart worker={data.worker} />
        </div>
      )}
      {linking && <LinkDialog person={person} onClose={() => setLinking(false)} />}
    </Panel>
  );
}

function Part({ title, tags, aside, children }: { title: string; tags?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={own.part} aria-label={title}>
      <header>
        <h3>
          {title}
          {tags}
        </h3>
        {aside && <span className={own.when}>{aside}</span>}
      </header>
      {children}
    </section>
  );
}

function Provider({ from, unknown }: { from: OriginConnection; unknown: readonly string[] }) {
  const { data: people } = useQuery(peopleQuery);
  return (
    <Part
      title={from.name}
      tags={
        <>
          <Tag>{kindWords(from.kind)}</Tag>
          {!from.enabled && <Tag look="strong">Off</Tag>}
        </>
      }
      aside={
        <>
          {from.source === "scim" ? "from the directory" : "at a sign-in"}, <When at={from.at} />
        </>
      }
    >
      <Gives given={from} unknown={unknown} none="It gave neither roles nor attributes.">
        <dt>Subject</dt>
        <dd>
          <Link to="/admin/connections/$id" params={{ id: from.connection }} className={own.code} title={`To ${from.name}`}>
            {from.subject}
          </Link>
          <span className={styles.sub}>{linkedWords(from.linked_by, people)}</span>
        </dd>
      </Gives>
    </Part>
  );
}

function linkedWords(by: string, people: readonly Person[] | undefined): string {
  if (by === "login") return "Linked at the first sign-in";
  if (by === "adopted") return "Adopted by verified e-mail";
  if (by === "scim") return "Linked by the directory";
  return `Linked by ${people?.find(({ id }) => id === by)?.name ?? "an administrator"}`;
}

/** Roles and attributes; `children` are facts that stand before them. */
function Gives({ given, unknown, none, children }: { given: Given; unknown: readonly string[]; none: string; children?: ReactNode }) {
  const attributes = Object.entries(given.attributes).filter(([, values]) => values.length > 0);
  const nothing = given.roles.length === 0 && attributes.length === 0;
  return (
    <>
      {(children || !nothing) && (
        <dl className={own.facts}>
          {children}
          {given.roles.length > 0 && (
            <>
              <dt>Roles</dt>
              <dd className={styles.tags}>
                {given.roles.map((role) => (
                  <Tag key={role} look={unknown.includes(role) ? "strong" : "plain"} title={unknown.includes(role) ? `${role}: not known, gives nothing` : role}>
                    {roleTitle(role)}
                    {unknown.includes(role) && <span className="quiet">, not known, gives nothing</span>}
                  </Tag>
                ))}
              </dd>
            </>
          )}
          <Attributes attributes={attributes} />
        </dl>
      )}
      {nothing && <p className={own.none}>{none}</p>}
    </>
  );
}

function Attributes({ attributes }: { attributes: readonly (readonly [string, string[]])[] }) {
  if (attributes.length === 0) return null;
  return (
    <>
      <dt>Attributes</dt>
      <dd>
        {attributes.map(([name, values]) => (
          <div key={name}>
            {name}: {values.join(", ")}
          </div>
        ))}
      </dd>
    </>
  );
}

const MATCHED: Record<Worker["matched_by"], string> = { email: "found by e-mail", worker_name: "found by the worker's name", friendly_id: "found by the friendly id" };

function WorkerPart({ worker }: { worker: Worker | null }) {
  const note = useId();
  if (!worker)
    return (
      <Part title="TaskRouter worker">
        <p className={own.none}>No worker fits: none has this person's e-mail, name or id.</p>
      </Part>
    );
  const attributes = Object.entries(worker.attributes).filter(([, values]) => values.length > 0);
  return (
    <Part title="TaskRouter worker" aside={worker.seen_at ? <>seen in events <When at={worker.seen_at} /></> : "not seen in events yet"}>
      <dl className={own.facts}>
        <dt>Worker</dt>
        <dd>
          {worker.name}
          <span className={styles.sub}>
            <code className={own.code}>{worker.worker_id}</code>, {MATCHED[worker.matched_by]}
          </span>
        </dd>
        <Attributes attributes={attributes} />
      </dl>
      {worker.differences.length === 0 ? (
        <p className={own.agrees}>{attributes.length === 0 ? "Nothing is known of the worker's attributes yet." : "It says nothing else than the person's attributes."}</p>
      ) : (
        <>
          <p id={note} className={own.note}>
            <Icon name="alert" size={16} />
            The worker says something else than the person's attributes. Rules read the person's.
          </p>
          <table className={own.differs} aria-label="What differs" aria-describedby={note}>
            <thead>
              <tr>
                <th scope="col">Differs</th>
                <th scope="col">Person</th>
                <th scope="col">Worker</th>
              </tr>
            </thead>
            <tbody>
              {worker.differences.map(({ attribute, person, worker: theirs }) => (
                <tr key={attribute}>
                  <th scope="row">{attribute}</th>
                  <td>{person.join(", ") || "No value"}</td>
                  <td>{theirs.join(", ") || "No value"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Part>
  );
}
