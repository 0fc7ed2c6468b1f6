import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { metadataQuery, tabQuery } from "../../api/queries";
import type { Dashboard, Tab, Tile } from "../../api/types";
import { Colours } from "../../charts/colours";
import { FilterBar } from "../../filters/FilterBar";
import { Freshness } from "../../filters/Freshness";
import { attributeTitle } from "../../filters/words";
import { PageHeader } from "../../shell/PageHeader";
import { setFullScreen, useFullScreen } from "../../shell/fullScreen";
import { PRESET_TITLES, widerPreset } from "../../state/range";
import type { DashboardSearch } from "../../state/search";
import { useLastError } from "../../state/useLastError";
import { useView } from "../../state/useView";
import { type DrillTarget, drillSearch, memberFilters, rangeOfBucket } from "../../tiles/drill";
import { registerColours } from "../../tiles/drawing";
import { isEmpty, knowledge, reportOf, tabRequest, unfollowed } from "../../tiles/request";
import { Button, IconButton } from "../../ui/Button";
import { ErrorState, State } from "../../ui/State";
import styles from "./DashboardView.module.css";
import { DashboardSwitch } from "./DashboardSwitch";
import { Tabs } from "./Tabs";
import { TileView } from "./TileView";

type Props = { dashboard: Dashboard; tab: Tab; search: DashboardSearch; onSearch: (patch: DashboardSearch) => void };

export function DashboardView({ dashboard, tab, search, onSearch }: Props) {
  const navigate = useNavigate();
  const full = useFullScreen();
  const change = useRef(onSearch);
  change.current = onSearch;
  const view = useView(search, dashboard.default_range, useCallback((patch) => change.current(patch), []));
  const { data: metadata } = useQuery(metadataQuery);
  const titles = useMemo(() => new Map((metadata?.attributes ?? []).map((one) => [one.name, one.title])), [metadata]);
  const knows = useMemo(() => knowledge(metadata?.attributes), [metadata]);
  const request = useMemo(() => tabRequest(tab, view.range, view.compare, view.filters, knows), [tab, view.range, view.compare, view.filters, knows]);
  const dataSets = useMemo(() => [...new Set(tab.tiles.map((tile) => tile.query.data_set))], [tab]);
  const place = `${dashboard.id}/${tab.id}`;
  const query = useQuery(tabQuery(place, request));
  const answer = query.data;
  const error = useLastError(query.error, request);
  const colours = useMemo(() => new Colours(), []);
  registerColours(colours, answer);

  const onDrill = (tile: Tile, target: DrillTarget) =>
    void navigate({
      to: "/segments",
      search: { ...drillSearch({ tile, range: view.range, filters: view.filters, resolved: answer?.range, report: reportOf(answer, tile) }, target), back: window.location.pathname + window.location.search },
    });
  const onFilter = (tile: Tile, target: DrillTarget, add: boolean) => {
    if (target.members.length > 0) view.toggleAll(memberFilters(target.members).map((one) => ({ attribute: one.attribute, value: one.values[0] ?? null })), add);
    else if (target.bucket !== null) {
      const range = rangeOfBucket(target.bucket, answer?.range, reportOf(answer, tile));
      if (range) view.setRange(range);
    }
  };
  const note = (tile: Tile): string | null => {
    const names = unfollowed(tile, view.filters, knows).map((name) => attributeTitle(name, titles));
    return names.length > 0 ? `Not filtered by ${names.join(", ")}.` : null;
  };

  const empty = answer && !query.isPlaceholderData ? isEmpty(answer, tab) : false;
  const wider = widerPreset(view.range);
  return (
    <div className={styles.page}>
      <PageHeader
        title={dashboard.title}
        lead={<DashboardSwitch current={dashboard.id} />}
        actions={
          <>
            <Freshness at={query.dataUpdatedAt} fresh={answer?.freshness} stale={query.isError && Boolean(answer)} busy={query.isFetching} onRefresh={() => void query.refetch()} />
            <IconButton icon="full" label={full ? "Leave full screen" : "Full screen"} hint="F" className={styles.wide} onClick={() => void setFullScreen(!full)} />
          </>
        }
        below={
          <>
            {dashboard.tabs.length > 1 && <Tabs dashboard={dashboard.id} tabs={dashboard.tabs} current={tab.id} search={search} />}
            <div className={styles.filters}>
              <FilterBar view={view} offered={tab.filters} titles={titles} dates={answer?.range ?? null} comparable dataSets={dataSets} knows={knows} />
            </div>
          </>
        }
      />
      {error && !answer ? (
        <ErrorState error={error} onAgain={() => void query.refetch()} />
      ) : empty ? (
        <State
          title="No conversations in this range"
          actions={
            <>
              {wider && <Button look="main" onClick={() => view.setRange({ preset: wider })}>Show {PRESET_TITLES[wider].toLowerCase()}</Button>}
              {view.filters.length > 0 && <Button onClick={() => view.setFilters([])}>Clear the filters</Button>}
            </>
          }
        >
          <p>{view.filters.length > 0 ? "Nothing matches these dates and filters." : "Nothing happened on these dates, in the rows you may see."}</p>
        </State>
      ) : (
        <div className={styles.grid} data-old={query.isPlaceholderData || undefined} aria-busy={query.isPlaceholderData || query.isPending}>
          {tab.tiles.map((tile) => (
            <TileView
              key={tile.id}
              tile={tile}
              answer={answer}
              colours={colours}
              place={place}
              view={view}
              note={note(tile)}
              filters={view.filters.filter((filter) => knows(tile.query.data_set, filter.attribute))}
              onDrill={(target) => onDrill(tile, target)}
              onFilter={(target, add) => onFilter(tile, target, add)}
            />
          ))}
        </div>
      )}
    </div>
  );
}
