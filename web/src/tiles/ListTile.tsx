import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { newestQuery } from "../api/queries";
import type { Filter, Range, Tile } from "../api/types";
import { useSession } from "../state/session";
import { DataTable } from "../table/DataTable";
import { useDensity } from "../table/density";
import { Skeleton } from "../ui/Skeleton";
import { ErrorState, State } from "../ui/State";
import { conversationAt, segmentColumns } from "./segmentRows";
import styles from "./TableTile.module.css";
import { TileFrame } from "./TileFrame";
import { mergeFilters } from "./drill";

type Props = { tile: Tile; range: Range; filters: readonly Filter[]; note: string | null; onDrill: () => void };

/** The newest segments. A list is not a report: it is asked for by itself, so that it has rows and not sums. */
export function ListTile({ tile, range, filters, note, onDrill }: Props) {
  const { context } = useSession();
  const density = useDensity();
  const navigate = useNavigate();
  const request = {
    data_set: tile.query.data_set,
    range,
    filters: mergeFilters([...(tile.query.filters ?? []), ...filters]),
    metric: tile.query.metrics[0],
    sort: { by: "segment_start", direction: "descending" as const },
    limit: Math.min(tile.query.limit ?? 50, 100),
    cursor: null,
  };
  const { data, error, refetch } = useQuery(newestQuery(request));
  return (
    <TileFrame tile={tile} menu={[{ label: "Show all", icon: "list", act: onDrill }]} subtitle={tile.subtitle} note={note}>
      {data ? (
        data.rows.length === 0 ? (
          <State small title="No conversations in this range" />
        ) : (
          <DataTable
            label={tile.title}
            columns={segmentColumns(data.columns, tile.query.data_set)}
            rows={data.rows}
            sorting={null}
            onSort={onDrill}
            onOpen={(row) => {
              const id = conversationAt(data.columns, data.rows[row]);
              if (id) void navigate({ to: "/conversations/$id", params: { id } });
            }}
            openLabel="Open the conversation"
            opensByClick
            context={context}
            density={density}
          />
        )
      ) : error ? (
        <ErrorState small error={error} onAgain={() => void refetch()} />
      ) : (
        <div className={styles.bones}>
          {Array.from({ length: 7 }, (_, at) => (
            <Skeleton key={at} height={16} width={`${92 - ((at * 11) % 26)}%`} />
          ))}
        </div>
      )}
    </TileFrame>
  );
}
