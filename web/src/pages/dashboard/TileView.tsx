import type { Filter, QueryAnswer, Tile } from "../../api/types";
import type { Colours } from "../../charts/colours";
import type { View } from "../../state/useView";
import { ChartTile } from "../../tiles/ChartTile";
import { HeadlineTile } from "../../tiles/HeadlineTile";
import { ListTile } from "../../tiles/ListTile";
import { TableTile } from "../../tiles/TableTile";
import type { DrillTarget } from "../../tiles/drill";

type Props = {
  tile: Tile;
  answer: QueryAnswer | undefined;
  colours: Colours;
  place: string;
  view: View;
  /** The filters of the page that this tile can follow. */
  filters: readonly Filter[];
  note: string | null;
  onDrill: (target: DrillTarget) => void;
  onFilter: (target: DrillTarget, add: boolean) => void;
};

const WHOLE: DrillTarget = { members: [], bucket: null, metric: null };

export function TileView({ tile, answer, colours, place, view, filters, note, onDrill, onFilter }: Props) {
  switch (tile.kind) {
    case "headline":
      return <HeadlineTile tile={tile} answer={answer} note={note} onDrill={() => onDrill(WHOLE)} />;
    case "line":
    case "bars":
    case "heatmap":
      return <ChartTile tile={tile} answer={answer} colours={colours} place={place} note={note} onDrill={onDrill} onFilter={onFilter} />;
    case "table":
      return <TableTile tile={tile} answer={answer} note={note} onDrill={onDrill} onFilter={onFilter} />;
    case "list":
      return <ListTile tile={tile} range={view.range} filters={filters} note={note} onDrill={() => onDrill(WHOLE)} />;
  }
}
