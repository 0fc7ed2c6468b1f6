import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { PasswordLink } from "../../../api/account";
import type { Person } from "../../../api/admin";
import { call } from "../../../api/client";
import { Button } from "../../../ui/Button";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { When } from "../When";
import { problemOf } from "../problem";
import own from "../../account/SecondFactor.module.css";

/** A link with which the person chooses a password that nobody else ever knew. */
export function LinkOf({ person }: { person: Person }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const make = useMutation({ mutationFn: () => call<PasswordLink>(`/people/${encodeURIComponent(person.id)}/password-link`, { method: "POST" }), onMutate: () => setCopied(null) });
  const copy = (link: string) => {
    const done = (good: boolean) => () => setCopied(good);
    if (navigator.clipboard) void navigator.clipboard.writeText(link).then(done(true), done(false));
    else setCopied(false);
  };
  return (
    <div className={styles.form}>
      {make.data && (
        <>
          <p className={styles.note} role="status">
            Give this link to {person.name} and to nobody else: no mail is sent. With it they choose a new password, once, until <When at={make.data.expires_at} past={false} />. It is not shown again.
          </p>
          <code className={own.secret} tabIndex={0} aria-label="The link">
            {make.data.link}
          </code>
        </>
      )}
      <FormProblem problem={problemOf(make.error, [])} />
      <div className={styles.actions}>
        <span role="status">{copied === true ? "Copied." : copied === false ? "The browser did not let us copy. Select it and copy by hand." : ""}</span>
        {make.data && (
          <Button icon="copy" onClick={() => copy(make.data.link)}>
            Copy
          </Button>
        )}
        <Button disabled={make.isPending || !person.active} onClick={() => make.mutate()}>
          {make.isPending ? "Making…" : make.data ? "Make another link" : "Make a link for a new password"}
        </Button>
      </div>
    </div>
  );
}
