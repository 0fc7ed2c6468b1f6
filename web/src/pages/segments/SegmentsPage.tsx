import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { metadataQuery, segmentsQuery } from "../../api/queries";
import type { Range, SortUse } from "../../api/types";
import { FilterBar } from "../../filters/FilterBar";
import { formatCount } from "../../format/number";
import { PageHeader } from "../../shell/PageHeader";
import { PRESET_TITLES, widerPreset } from "../../state/range";
import { useSession } from "../../state/session";
import { useView } from "../../state/useView";
import { DataTable } from "../../table/DataTable";
import { useDensity } from "../../table/density";
import { toTsv } from "../../table/rows";
import { knowledge } from "../../tiles/request";
import { conversationAt, segmentColumns } from "../../tiles/segmentRows";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState, State } from "../../ui/State";
import { NoRight } from "../NoRight";
import { NothingInScope } from "../NothingInScope";
import styles from "./SegmentsPage.module.css";

const DEFAULT_RANGE: Range = { preset: "last_7_days" };
const OFFERED = ["activity", "agent_team_name", "queue", "channel", "direction", "handling_team_name", "agent_name"];
const OF_ACTIVITIES: readonly string[] = ["activity", "agent_team_name", "agent_name"];
const PAGE = 100;

export function SegmentsPage() {
  const { me } = useSession();
  if (me.capabilities.dashboards === "none") return <NoRight />;
  if (me.scope.state === "none")
    return (
      <>
        <PageHeader title="Conversations" />
        <NothingInScope />
      </>
    );
  return <Segments />;
}

function parseSort(text: string | undefined): SortUse {
  const [by, direction] = (text ?? "").split(":");
  return by && (direction === "ascending" || direction === "descending") ? { by, direction } : { by: "segment_start", direction: "descending" };
}

function Segments() {
  const search = useSearch({ from: "/inside/segments" });
  const navigate = useNavigate({ from: "/segments" });
  const { context, locale } = useSession();
  const density = useDensity();
  const [copied, setCopied] = useState(false);
  const go = useRef(navigate);
  go.current = navigate;
  const view = useView(search, DEFAULT_RANGE, useCallback((patch) => void go.current({ search: (now) => ({ ...now, ...patch }), resetScroll: false }), []));
  const { data: metadata } = useQuery(metadataQuery);
  const titles = useMemo(() => new Map((metadata?.attributes ?? []).map((one) => [one.name, one.title])), [metadata]);
  // Numbers of 15-minute slices have no segments of their own: their drill shows the conversations of the same time.
  const sliced = search.data_set === "workload";
  const dataSet = search.data_set === "activities" ? "activities" : "conversations";
  const activities = dataSet === "activities";
  const title = activities ? "Agent activities" : "Conversations";
  const knows = useMemo(() => knowledge(metadata?.attributes), [metadata]);
  const offered = useMemo(() => (metadata ? OFFERED.filter((name) => OF_ACTIVITIES.includes(name) === activities || name === "agent_name").filter((name) => knows(dataSet, name)) : []), [metadata, knows, dataSet, activities]);
  const metric = metadata?.metrics.find((one) => one.name === search.metric);
  const sort = parseSort(search.sort);
  const query = useInfiniteQuery(
    segmentsQuery({
      data_set: dataSet,
      range: view.range,
      filters: view.filters,
      ...(search.metric && !sliced ? { metric: { metric: search.metric, ...(search.seconds ? { seconds: search.seconds } : {}) } } : {}),
      sort,
      limit: PAGE,
    }),
  );
  const first = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const columns = useMemo(() => (first ? segmentColumns(first.columns, dataSet) : []), [first, dataSet]);
  const sortedAt = columns.find((column) => column.name === sort.by)?.at;
  const wider = widerPreset(view.range);

  const copy = () =>
    void navigator.clipboard.writeText(toTsv(columns, rows, context)).then(() => {
      setCopied(true);
      window.setTimeout(() => setCopied(false), 2500);
    });

  return (
    <div className={styles.page}>
      <PageHeader
        title={title}
        lead={
          search.back ? (
            <a
              href={search.back}
              className={styles.back}
              aria-label="Back to the dashboard"
              onClick={(event) => {
                event.preventDefault();
                void navigate({ href: search.back });
              }}
            >
              <Icon name="left" size={18} />
            </a>
          ) : undefined
        }
        actions={
          <>
            <span className={styles.total} role="status">
              {copied ? `${formatCount(rows.length, locale)} rows copied` : first ? `${formatCount(first.total, locale)} ${first.total === 1 ? "segment" : "segments"}` : ""}
            </span>
            <IconButton icon="copy" className={styles.copy} label="Copy for a spreadsheet" disabled={rows.length === 0} onClick={copy} />
          </>
        }
        below={
          <div className={styles.filters}>
            {search.metric && (
              <p className={styles.metric}>
                {sliced ? "Conversations of the same time as" : "Behind the number"} <b>{metricTitle(metric?.title ?? search.metric, search.seconds)}</b>
                <Button look="quiet" onClick={() => void navigate({ search: (now) => ({ ...now, metric: undefined, seconds: undefined }) })}>
                  Show all
                </Button>
              </p>
            )}
            <FilterBar view={view} offered={offered} titles={titles} dates={null} comparable={false} dataSets={[dataSet]} knows={knows} />
          </div>
        }
      />
      <div className={styles.list} data-old={query.isPlaceholderData || undefined}>
        {query.isError && !first ? (
          <ErrorState error={query.error} onAgain={() => void query.refetch()} />
        ) : !first ? (
          <div className={styles.bones}>
            {Array.from({ length: 14 }, (_, at) => (
              <Skeleton key={at} height={16} width={`${96 - ((at * 17) % 34)}%`} />
            ))}
          </div>
        ) : rows.length === 0 ? (
          <State
            title={activities ? "No activities in this range" : "No conversations in this range"}
            actions={
              <>
                {wider && <Button look="main" onClick={() => view.setRange({ preset: wider })}>Show {PRESET_TITLES[wider].toLowerCase()}</Button>}
                {view.filters.length > 0 && <Button onClick={() => view.setFilters([])}>Clear the filters</Button>}
              </>
            }
          >
            <p>Nothing matches these dates and filters, in the rows you may see.</p>
          </State>
        ) : (
          <DataTable
            label="Segments"
            columns={columns}
            rows={rows}
            sorting={sortedAt === undefined ? null : { at: sortedAt, down: sort.direction === "descending" }}
            onSort={(at) => {
              const column = columns.find((one) => one.at === at);
              if (!column) return;
              const down = sort.by === column.name ? sort.direction !== "descending" : true;
              void navigate({ search: (now) => ({ ...now, sort: `${column.name}:${down ? "descending" : "ascending"}` }), replace: true });
            }}
            onOpen={
              activities
                ? undefined
                : (row) => {
                    const id = conversationAt(first.columns, rows[row]);
                    if (id) void navigate({ to: "/conversations/$id", params: { id } });
                  }
            }
            openLabel="Open the conversation"
            opensByClick={!activities}
            context={context}
            density={density}
            onNearEnd={() => {
              if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
            }}
            end={query.isFetchingNextPage ? <p className={styles.more}>Getting more…</p> : null}
          />
        )}
      </div>
    </div>
  );
}

function metricTitle(title: string, seconds: number | undefined): string {
  return seconds ? `${title}, ${seconds} s` : title;
}
