import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type AuditEntry, type AuditFilter, auditPath, auditQuery, peopleQuery } from "../../../api/admin";
import { download } from "../../../api/client";
import { formatCount } from "../../../format/number";
import { formatInstant, localDate, zoneName } from "../../../format/time";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { SelectField, TextField } from "../../../ui/Field";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";
import { ACTIONS, OUTCOMES, actionWords, meansWords, resourceWords } from "../words";
import own from "./Audit.module.css";
import { ChainPanel } from "./ChainPanel";

export function AuditPage() {
  const { locale, zone } = useSession();
  const filter: AuditFilter = useSearch({ from: "/inside/admin/audit" });
  const navigate = useNavigate({ from: "/admin/audit" });
  const { data: people } = useQuery(peopleQuery);
  const query = useInfiniteQuery(auditQuery(filter));
  const file = useMutation({ mutationFn: () => download(auditPath(filter, {}, "/audit/export"), `audit-${localDate(new Date(), zone)}.csv`) });
  const put = (patch: AuditFilter) => void navigate({ search: (now) => ({ ...now, ...patch }), replace: true, resetScroll: false });
  const choices = (first: string, more: readonly (readonly [string, string])[]) => [["", first] as const, ...more];
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const narrowed = Object.values(filter).some(Boolean);
  const wrongDates = Boolean(filter.from && filter.to && filter.from > filter.to);

  return (
    <div className={styles.page}>
      <Panel
        title="Audit log"
        lead="Who did what, newest first. No row of customer data stands in it."
        flush
        actions={
          <>
            <Button icon="refresh" disabled={query.isFetching} onClick={() => void query.refetch()}>
              Refresh
            </Button>
            <Button icon="save" disabled={file.isPending} onClick={() => file.mutate()}>
              {file.isPending ? "Exporting…" : "Export as CSV"}
            </Button>
          </>
        }
      >
        <div className={own.tools}>
          <SelectField label="Person" value={filter.person ?? ""} options={choices("Everyone", (people ?? []).map((one) => [one.id, one.name] as const))} onText={(person) => put({ person: person || undefined })} />
          <SelectField label="What" value={filter.action ?? ""} options={choices("Everything", ACTIONS)} onText={(action) => put({ action: action || undefined })} />
          <SelectField label="Outcome" value={filter.outcome ?? ""} options={choices("Any", Object.entries(OUTCOMES))} onText={(outcome) => put({ outcome: outcome || undefined })} />
          <TextField label="From" type="date" value={filter.from ?? ""} max={filter.to} onText={(from) => put({ from: from || undefined })} error={wrongDates ? "Later than the end." : null} />
          <TextField label="To" type="date" value={filter.to ?? ""} min={filter.from} onText={(to) => put({ to: to || undefined })} />
        </div>
        <FormProblem problem={problemOf(file.error, [])} />
        {query.error && !query.data ? (
          <div className={styles.state}>
            <ErrorState error={query.error} onAgain={() => void query.refetch()} small />
          </div>
        ) : !query.data ? (
          <div className={styles.form} role="status" aria-busy="true" aria-label="Loading the audit log">
            {Array.from({ length: 8 }, (_, at) => (
              <Skeleton key={at} height={34} />
            ))}
            <span />
          </div>
        ) : entries.length === 0 ? (
          <div className={styles.state}>
            <State small title={narrowed ? "Nothing fits" : "Nothing is written down yet"} actions={narrowed ? <Button onClick={() => void navigate({ search: {}, replace: true })}>Show everything</Button> : undefined}>
              {narrowed && <p>No line of the log fits these choices.</p>}
            </State>
          </div>
        ) : (
          <table className={styles.rows}>
            <thead>
              <tr>
                <th scope="col" title={`Time of ${zoneName(zone, locale)}`}>
                  When
                </th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col" className={styles.wide}>
                  On
                </th>
                <th scope="col" className={styles.wide}>
                  Outcome
                </th>
                <th scope="col" className={styles.wide} data-number>
                  Rows
                </th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <Line key={entry.number} entry={entry} />
              ))}
            </tbody>
          </table>
        )}
        {query.hasNextPage && (
          <div className={styles.foot}>
            <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? "Loading…" : "Show older lines"}
            </Button>
          </div>
        )}
      </Panel>
      <ChainPanel />
    </div>
  );
}

function Line({ entry }: { entry: AuditEntry }) {
  const { locale, zone } = useSession();
  const what = actionWords(entry);
  const on = resourceWords(entry);
  const by = meansWords(entry.means);
  return (
    <tr>
      <td className={own.when}>
        <time dateTime={entry.at} title={formatInstant(entry.at, locale, zone, "full")}>
          {formatInstant(entry.at, locale, zone)}
        </time>
      </td>
      <td>
        {entry.person ? (
          <Link to="/admin/people/$id" params={{ id: entry.person.id }} className={own.who} title={entry.person.login ?? undefined}>
            {entry.person.name ?? "Somebody who is gone"}
          </Link>
        ) : (
          <span className={styles.sub}>{entry.means.startsWith("task:") || entry.means === "start" ? "The server" : "Nobody known"}</span>
        )}
        {by && entry.person && <span className={styles.sub}>{by}</span>}
      </td>
      <td>
        {what.title}
        {what.note && <span className={styles.sub}>{what.note}</span>}
        <span className={styles.phone}>{entry.outcome !== "done" && <Tag look="strong">{OUTCOMES[entry.outcome]}</Tag>}</span>
      </td>
      <td className={styles.wide}>
        {on.title}
        {on.note && <span className={own.id}>{on.note}</span>}
      </td>
      <td className={styles.wide}>{entry.outcome === "done" ? OUTCOMES.done : <Tag look="strong">{OUTCOMES[entry.outcome]}</Tag>}</td>
      <td className={styles.wide} data-number>
        {entry.rows === null ? "–" : formatCount(entry.rows, locale)}
      </td>
    </tr>
  );
}
