import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type OpenSession, sessionsPath, sessionsQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { When } from "../When";
import { problemOf } from "../problem";
import { clientWords } from "../words";
import own from "./People.module.css";

/** Open sessions of a person (`null`: one's own), each with a way to end it. */
export function Sessions({ person }: { person: string | null }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(sessionsQuery(person));
  const end = useMutation({
    mutationFn: (session: string | undefined) => call<undefined>(sessionsPath(person, session), { method: "DELETE" }),
    onSettled: () => client.invalidateQueries(sessionsQuery(person)),
  });
  if (error && !data)
    return (
      <div className={styles.state}>
        <ErrorState error={error} onAgain={() => void refetch()} small />
      </div>
    );
  if (!data)
    return (
      <div role="status" aria-busy="true" aria-label="Loading sessions">
        <Skeleton height={44} />
      </div>
    );
  if (data.length === 0) return <p className={styles.none}>Not signed in anywhere.</p>;
  return (
    <>
      <ul>
        {data.map((session) => (
          <li key={session.id} className={own.session}>
            <Words session={session} />
            {!session.current && (
              <Button disabled={end.isPending} aria-label={`End the session ${clientWords(session.client)}`} onClick={() => end.mutate(session.id)}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      <FormProblem problem={problemOf(end.error, [])} />
      {person !== null && (
        <div className={styles.actions}>
          <Button look="danger" disabled={end.isPending} onClick={() => end.mutate(undefined)}>
            End all sessions
          </Button>
        </div>
      )}
    </>
  );
}

function Words({ session }: { session: OpenSession }) {
  return (
    <div>
      <span className={own.which} title={session.client}>
        {clientWords(session.client)}
        {session.current && <Tag look="accent">This one</Tag>}
      </span>
      <small>
        Last used <When at={session.last_seen_at} />, signed in <When at={session.started_at} />
      </small>
    </div>
  );
}
