import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Person, keysQuery } from "../../../api/admin";
import { Button } from "../../../ui/Button";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { NewPersonDialog } from "../people/NewPersonDialog";
import { KeyTable } from "./KeyTable";
import { NewKeyDialog } from "./NewKeyDialog";
import { isOver } from "./over";

export function KeysPage() {
  const { data, error, refetch } = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [service, setService] = useState(false);
  const [owner, setOwner] = useState<string | undefined>();
  const [all, setAll] = useState(false);
  const now = Date.now();
  const alive = data?.filter((key) => !isOver(key, now)) ?? [];
  const over = (data?.length ?? 0) - alive.length;
  const shown = all ? (data ?? []) : alive;
  return (
    <div className={styles.page}>
      <Panel
        title="API keys"
        lead="A key lets a program do what its owner may do, within the key's scopes. Services are owners that nobody signs in as."
        flush
        actions={
          <>
            <Button onClick={() => setService(true)}>New service</Button>
            <Button look="main" icon="plus" onClick={() => setMaking(true)}>
              New key
            </Button>
          </>
        }
      >
        {error && !data ? (
          <div className={styles.state}>
            <ErrorState error={error} onAgain={() => void refetch()} small />
          </div>
        ) : !data ? (
          <div role="status" aria-busy="true" aria-label="Loading keys" className={styles.form}>
            <Skeleton height={40} />
            <Skeleton height={40} />
            <span />
          </div>
        ) : shown.length === 0 ? (
          <div className={styles.state}>
            <State small title="No keys in use">
              <p>Make one for a program that reads numbers or provides people. Its secret is shown once.</p>
            </State>
          </div>
        ) : (
          <KeyTable keys={shown} />
        )}
        {over > 0 && (
          <div className={styles.foot}>
            <Button look="quiet" onClick={() => setAll(!all)}>
              {all ? "Hide revoked and ended keys" : `Show revoked and ended keys (${over})`}
            </Button>
          </div>
        )}
      </Panel>
      {making && (
        <NewKeyDialog
          owner={owner}
          onClose={() => {
            setMaking(false);
            setOwner(undefined);
          }}
        />
      )}
      {service && (
        <NewPersonDialog
          kind="service"
          onClose={() => setService(false)}
          onMade={(made: Person) => {
            setOwner(made.id);
            setMaking(true);
          }}
        />
      )}
    </div>
  );
}
