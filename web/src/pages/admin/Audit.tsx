import { useQuery } from "@tanstack/react-query";
import { auditQuery } from "../../api/queries";
import { formatInstant, zoneName } from "../../format/time";
import { useSession } from "../../state/session";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/State";
import styles from "./AdminPage.module.css";
import { auditRows } from "./auditRows";

export function Audit() {
  const { locale, zone } = useSession();
  const { data, error, refetch } = useQuery(auditQuery);
  const rows = auditRows(data);
  return (
    <section className={styles.panel} aria-labelledby="audit-title">
      <header className={styles.head}>
        <div>
          <h2 id="audit-title">Who did what</h2>
          <p>Sign-ins, refusals, views and changes, newest first.</p>
        </div>
      </header>
      {error && !data ? (
        <ErrorState error={error} onAgain={() => void refetch()} small />
      ) : !data ? (
        <Skeleton height={240} />
      ) : rows.length === 0 ? (
        <p className={styles.none}>Nothing is written down yet.</p>
      ) : (
        <div className={styles.scroll} tabIndex={0} role="group" aria-label="Audit list">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col" title={`Time of ${zoneName(zone, locale)}`}>When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">On</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  <td>{row.at ? formatInstant(row.at, locale, zone) : "–"}</td>
                  <td>{row.who}</td>
                  <td>{row.what}</td>
                  <td>{row.on}</td>
                  <td>{row.outcome}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
