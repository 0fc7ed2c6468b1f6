import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type ApiKey, keysQuery, peopleQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { connectionsQuery } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { When } from "../When";
import { problemOf } from "../problem";
import { scopeTitle } from "../words";
import own from "./Keys.module.css";
import { isOver } from "./over";

/** Keys with whose they are, what they may, and how long. `narrow` is for the page of their owner. */
export function KeyTable({ keys, narrow = false }: { keys: readonly ApiKey[]; narrow?: boolean }) {
  const { data: people } = useQuery({ ...peopleQuery, enabled: !narrow });
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const names = new Map((people ?? []).map((person) => [person.id, person.name]));
  const { data: connections } = useQuery({ ...connectionsQuery, enabled: keys.some(({ connection }) => connection) });
  const now = Date.now();
  return (
    <>
      <table className={styles.rows}>
        <thead>
          <tr>
            <th scope="col">Key</th>
            {!narrow && (
              <th scope="col" className={styles.wide}>
                Owner
              </th>
            )}
            <th scope="col" className={styles.wide}>
              May
            </th>
            {!narrow && (
              <th scope="col" className={styles.wide}>
                Last used
              </th>
            )}
            <th scope="col" className={styles.wide}>
              Ends
            </th>
            <th scope="col">
              <span className="quiet">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} data-off={isOver(key, now) || undefined}>
              <td>
                <b className={own.title}>{key.name}</b>
                <span className={styles.sub}>
                  <code className={own.code}>pck_{key.prefix}…</code>
                </span>
                <span className={styles.phone}>
                  {!narrow && <Owner apiKey={key} names={names} />} <End apiKey={key} now={now} words />
                </span>
              </td>
              {!narrow && (
                <td className={styles.wide}>
                  <Owner apiKey={key} names={names} />
                </td>
              )}
              <td className={styles.wide}>
                <span className={styles.tags}>
                  {key.scopes.map((scope) => (
                    <Tag key={scope} title={scope}>
                      {scopeTitle(scope)}
                    </Tag>
                  ))}
                </span>
                {key.connection && (
                  <span className={styles.sub}>
                    of{" "}
                    <Link to="/admin/connections/$id" params={{ id: key.connection }}>
                      {connections?.find(({ id }) => id === key.connection)?.settings.name ?? "its identity provider"}
                    </Link>
                  </span>
                )}
              </td>
              {!narrow && (
                <td className={styles.wide} data-tight>
                  <When at={key.last_used_at} none="Never" />
                  <span className={styles.sub}>
                    made <When at={key.created_at} />
                  </span>
                </td>
              )}
              <td className={styles.wide}>
                <End apiKey={key} now={now} />
              </td>
              <td data-number>
                {!isOver(key, now) && (
                  <Button aria-label={`Revoke ${key.name}`} onClick={() => setEnding(key)}>
                    Revoke
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {ending && <RevokeDialog apiKey={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function Owner({ apiKey, names }: { apiKey: ApiKey; names: ReadonlyMap<string, string> }) {
  return (
    <Link to="/admin/people/$id" params={{ id: apiKey.person }}>
      {names.get(apiKey.person) ?? "…"}
    </Link>
  );
}

/** How long it lasts, or how it ended. `words` where no head of a column says what it is. */
function End({ apiKey, now, words = false }: { apiKey: ApiKey; now: number; words?: boolean }) {
  if (apiKey.revoked_at)
    return (
      <>
        <Tag look="strong">Revoked</Tag>
        <span className={styles.sub}>
          <When at={apiKey.revoked_at} />
        </span>
      </>
    );
  if (isOver(apiKey, now)) return <Tag look="strong">Ended</Tag>;
  return (
    <span className={words ? styles.sub : undefined}>
      {words && (apiKey.expires_at ? "ends " : "")}
      <When at={apiKey.expires_at} none={words ? "does not end" : "Never"} past={false} />
    </span>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => call<undefined>(`/api-keys/${encodeURIComponent(apiKey.id)}`, { method: "DELETE" }),
    onSuccess: async () => {
      await client.invalidateQueries(keysQuery);
      onClose();
    },
  });
  return (
    <Dialog title={`Revoke ${apiKey.name}?`} onClose={onClose}>
      <div className={styles.form}>
        <p>Programs that use this key are refused from now on. It can't be brought back; make another when one is needed.</p>
        <FormProblem problem={problemOf(revoke.error, [])} />
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
            {revoke.isPending ? "Revoking…" : "Revoke the key"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
