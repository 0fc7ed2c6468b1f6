import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type FactorsChanged, type OwnPasskey, secondFactorsQuery } from "../../api/account";
import { rememberToken } from "../../api/client";
import { knowsPasskeys } from "../../api/passkeys";
import { meQuery } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/State";
import { Tag } from "../../ui/Tag";
import styles from "../admin/AdminPage.module.css";
import { FactorTask, type Task } from "./FactorTask";
import { RecoveryCodes } from "./RecoveryCodes";
import own from "./SecondFactor.module.css";
import { SetUpTotp } from "./SetUpTotp";

type Props = { when: (at: string | null, none?: string) => React.ReactNode };

/** What is asked for besides the password: an authenticator application, passkeys, recovery codes. */
export function SecondFactor({ when }: Props) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(secondFactorsQuery);
  const [task, setTask] = useState<Task | "totp" | null>(null);
  const [shown, setShown] = useState<FactorsChanged | null>(null);
  const [said, setSaid] = useState("");

  const finish = async (me: FactorsChanged["me"]) => {
    setShown(null);
    await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" });
    client.setQueryData(meQuery.queryKey, me);
  };
  const done = (words: string) => (changed: FactorsChanged) => {
    rememberToken(changed.me);
    setTask(null);
    setSaid(words);
    // Codes are read before anything else opens.
    if (changed.recovery_codes) setShown(changed);
    else void finish(changed.me);
  };
  const start = (next: Task | "totp") => {
    setSaid("");
    setTask(next);
  };

  if (error && !data)
    return (
      <div className={styles.state}>
        <ErrorState error={error} onAgain={() => void refetch()} small />
      </div>
    );
  if (!data)
    return (
      <div aria-busy="true" aria-label="Loading second factors">
        <Skeleton height={120} />
      </div>
    );
  if (shown?.recovery_codes) return <RecoveryCodes codes={shown.recovery_codes} onStored={() => void finish(shown.me)} />;
  if (!data.available) return <p className={styles.none}>You sign in with an identity provider. It asks you for more than a password, or not.</p>;
  const close = () => setTask(null);
  const isDoing = (kind: Task["kind"]) => task !== null && task !== "totp" && task.kind === kind;
  const isOn = data.totp_since !== null || data.passkeys.length > 0;
  return (
    <>
      <div className={own.item}>
        <div>
          <h3>
            Authenticator app {data.totp_since && <Tag look="accent">On</Tag>}
          </h3>
          <p>{data.totp_since ? <>Set up {when(data.totp_since)}</> : "Six digits from your phone, after your password."}</p>
        </div>
        {data.totp_since ? (
          <Button onClick={() => start({ kind: "totp-off" })}>Turn off</Button>
        ) : (
          <Button look={isOn ? "plain" : "main"} onClick={() => start("totp")}>
            Set up an app
          </Button>
        )}
      </div>
      {task === "totp" && <SetUpTotp onDone={done("The authenticator app is set up. You are signed out everywhere else.")} onCancel={close} />}
      {isDoing("totp-off") && <FactorTask task={{ kind: "totp-off" }} onDone={done("The authenticator app is turned off.")} onCancel={close} />}
      <div className={own.item}>
        <div>
          <h3>Passkeys</h3>
          <p>{passkeyWords(data.passkeys_available)}</p>
        </div>
        {data.passkeys_available && knowsPasskeys() && <Button onClick={() => start({ kind: "passkey" })}>Add a passkey</Button>}
      </div>
      {isDoing("passkey") && <FactorTask task={{ kind: "passkey" }} onDone={done("The passkey is added. You are signed out everywhere else.")} onCancel={close} />}
      {data.passkeys.length > 0 && (
        <ul className={own.list} aria-label="Your passkeys">
          {data.passkeys.map((key) => (
            <Passkey key={key.id} passkey={key} when={when} onRemove={() => start({ kind: "passkey-off", passkey: key })}>
              {task !== null && task !== "totp" && task.kind === "passkey-off" && task.passkey.id === key.id && (
                <FactorTask task={task} onDone={done(`The passkey ${key.name} is removed.`)} onCancel={close} />
              )}
            </Passkey>
          ))}
        </ul>
      )}
      {isOn && (
        <div className={own.item}>
          <div>
            <h3>Recovery codes</h3>
            <p>{data.recovery_codes_left === 0 ? "None left. Make new ones before you lose your phone." : `${data.recovery_codes_left} of 10 left`}</p>
          </div>
          <Button onClick={() => start({ kind: "codes" })}>New codes</Button>
        </div>
      )}
      {isDoing("codes") && <FactorTask task={{ kind: "codes" }} onDone={done("The old recovery codes are void.")} onCancel={close} />}
      <p role="status" className={styles.saved}>
        {said}
      </p>
    </>
  );
}

function passkeyWords(available: boolean): string {
  if (!available) return "Not at this address: browsers make passkeys only over https, or at localhost.";
  if (!knowsPasskeys()) return "This browser is too old for passkeys.";
  return "Your finger, face or PIN, instead of the password or after it.";
}

type PasskeyProps = { passkey: OwnPasskey; when: Props["when"]; onRemove: () => void; children: React.ReactNode };

function Passkey({ passkey, when, onRemove, children }: PasskeyProps) {
  return (
    <li>
      <div className={own.item}>
        <div>
          <h3>{passkey.name}</h3>
          <p>
            Made {when(passkey.created_at)}, last used {when(passkey.last_used_at, "never")}
          </p>
        </div>
        <Button aria-label={`Remove the passkey ${passkey.name}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
      {children}
    </li>
  );
}
