import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Group, groupsQuery } from "../../../api/identity";
import { formatCount } from "../../../format/number";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { doorWords, roleTitle } from "../words";
import { GroupDialog } from "./GroupDialog";
import own from "./Groups.module.css";
import { RemoveGroup } from "./RemoveGroup";

export function GroupsPage() {
  const { locale } = useSession();
  const { data, error, refetch } = useQuery(groupsQuery);
  const [open, setOpen] = useState<Group | "new" | null>(null);
  const [removing, setRemoving] = useState<Group | null>(null);
  return (
    <div className={styles.page}>
      <Panel
        title="Groups"
        lead="What membership in a group of your identity provider gives here: roles, attributes, or both."
        flush
        actions={
          <Button look="main" icon="plus" onClick={() => setOpen("new")}>
            Add a group
          </Button>
        }
      >
        <p className={own.note}>To come in, a person needs Supervisor or Administrator, and at least one of the wfo roles. They may come from several groups, from the provider itself, or from an administrator.</p>
        {error && !data ? (
          <div className={styles.state}>
            <ErrorState error={error} onAgain={() => void refetch()} small />
          </div>
        ) : !data ? (
          <div role="status" aria-busy="true" aria-label="Loading groups" className={styles.form}>
            <Skeleton height={40} />
            <Skeleton height={40} />
            <span />
          </div>
        ) : data.length === 0 ? (
          <div className={styles.state}>
            <State small title="No group gives anything yet">
              <p>Add one under the name that the provider sends, and say what its members get.</p>
            </State>
          </div>
        ) : (
          <>
            <p className={styles.count} role="status">
              {formatCount(data.length, locale)} {data.length === 1 ? "group" : "groups"}
            </p>
            <table className={styles.rows}>
              <thead>
                <tr>
                  <th scope="col">Group</th>
                  <th scope="col" className={styles.wide}>
                    Roles
                  </th>
                  <th scope="col" className={styles.wide}>
                    Attributes
                  </th>
                  <th scope="col">
                    <span className="quiet">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map((group) => (
                  <tr key={group.id}>
                    <td>
                      <b className={own.title}>{group.name}</b>
                      <span className={styles.sub}>{doorWords(group.roles)}</span>
                      <span className={styles.phone}>
                        <Roles group={group} />
                        <Attributes group={group} />
                      </span>
                    </td>
                    <td className={styles.wide}>
                      <Roles group={group} />
                    </td>
                    <td className={styles.wide}>
                      <Attributes group={group} />
                    </td>
                    <td data-number>
                      <span className={own.acts}>
                        <Button aria-label={`Edit ${group.name}`} onClick={() => setOpen(group)}>
                          Edit
                        </Button>
                        <Button aria-label={`Remove ${group.name}`} onClick={() => setRemoving(group)}>
                          Remove
                        </Button>
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Panel>
      {open && <GroupDialog group={open === "new" ? null : open} onClose={() => setOpen(null)} />}
      {removing && <RemoveGroup group={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function Roles({ group }: { group: Group }) {
  if (group.roles.length === 0) return <span className={styles.sub}>No role</span>;
  return (
    <span className={styles.tags}>
      {group.roles.map((role) => {
        const unknown = group.unknown_roles.includes(role);
        return (
          <Tag key={role} look={unknown ? "strong" : "plain"} title={unknown ? `${role}: not known, gives nothing` : role}>
            {roleTitle(role)}
          </Tag>
        );
      })}
    </span>
  );
}

function Attributes({ group }: { group: Group }) {
  const attributes = Object.entries(group.attributes).filter(([, values]) => values.length > 0);
  if (attributes.length === 0) return <span className={styles.sub}>No attribute</span>;
  return attributes.map(([name, values]) => (
    <span key={name} className={styles.sub}>
      {name}: {values.slice(0, 6).join(", ")}
      {values.length > 6 && ` +${values.length - 6}`}
    </span>
  ));
}
