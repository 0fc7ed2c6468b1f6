import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AuditChain } from "../../../api/admin";
import { call } from "../../../api/client";
import { formatCount } from "../../../format/number";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";
import own from "./Audit.module.css";

/** Whether somebody changed the log behind our back. */
export function ChainPanel() {
  const { locale } = useSession();
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: () => call<AuditChain>("/audit/chain"),
    onSuccess: () => client.invalidateQueries({ queryKey: ["audit"] }),
  });
  const chain = check.data;
  return (
    <Panel
      title="Is the log as it was written?"
      lead="Each line carries a hash over itself and the line before. A line that was changed, removed or put in shows."
      actions={
        <Button icon="shield" disabled={check.isPending} onClick={() => check.mutate()}>
          {check.isPending ? "Checking…" : chain ? "Check again" : "Check now"}
        </Button>
      }
    >
      <FormProblem problem={problemOf(check.error, [])} />
      <div role="status">
        {chain?.holds && (
          <div className={own.holds}>
            <Icon name="check" size={18} />
            <div>
              <p>
                The log is whole: {formatCount(chain.entries, locale)} {chain.entries === 1 ? "line" : "lines"}, each fitting the one before.
              </p>
              <p className={styles.none}>Keep the last hash somewhere else, and a log that was cut off at its end shows too:</p>
              <code className={own.hash}>{chain.hash}</code>
            </div>
          </div>
        )}
        {chain && !chain.holds && (
          <div className={own.broken}>
            <Icon name="alert" size={18} />
            <div>
              <p>
                <b>The log was changed.</b> Line {formatCount(chain.broken_at ?? 0, locale)} does not fit the one before it.
              </p>
              <p>Do not go on writing to it: copy the data folder, then find out who could reach it.</p>
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}
