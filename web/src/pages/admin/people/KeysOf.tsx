import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Person, keysQuery } from "../../../api/admin";
import { Button } from "../../../ui/Button";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { KeyTable } from "../keys/KeyTable";
import { NewKeyDialog } from "../keys/NewKeyDialog";

/** The API keys that act for one person or service. */
export function KeysOf({ person }: { person: Person }) {
  const { data, error, refetch } = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const keys = data?.filter((key) => key.person === person.id) ?? [];
  return (
    <Panel
      title="API keys"
      lead="Programs that act with these rights, and no more."
      flush={keys.length > 0}
      actions={
        person.active && (
          <Button icon="plus" onClick={() => setMaking(true)}>
            New key
          </Button>
        )
      }
    >
      {error && !data ? (
        <div className={styles.state}>
          <ErrorState error={error} onAgain={() => void refetch()} small />
        </div>
      ) : !data ? (
        <Skeleton height={44} />
      ) : keys.length === 0 ? (
        <p className={styles.none}>None.</p>
      ) : (
        <KeyTable keys={keys} narrow />
      )}
      {making && <NewKeyDialog owner={person.id} onClose={() => setMaking(false)} />}
    </Panel>
  );
}
