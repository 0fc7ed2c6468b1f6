// One request for a whole tab: every tile is a report of it, a headline is two.

import type { AttributeInfo, Cell, Compare, Filter, QueryAnswer, QueryRequest, Range, Report, Tab, Tile, TypedQuery } from "../api/types";

const TREND = "~trend";

/** Lists of segments are not reports; they are asked for on their own. */
export function reportTiles(tab: Tab): Tile[] {
  return tab.tiles.filter((tile) => tile.kind !== "list");
}

export type Knows = (dataSet: string, attribute: string) => boolean;

/** Whether a data set has an attribute. Before the metadata is here every filter is passed on, and the server judges. */
export function knowledge(attributes: readonly AttributeInfo[] | undefined): Knows {
  if (!attributes) return () => true;
  const sets = new Map(attributes.map((one) => [one.name, one.data_sets]));
  return (dataSet, attribute) => attribute.startsWith("time.") || (sets.get(attribute)?.includes(dataSet) ?? true);
}

/** The filters that a tile cannot follow, because its data set does not have the attribute. */
export function unfollowed(tile: Tile, filters: readonly Filter[], knows: Knows): string[] {
  return filters.filter((filter) => !knows(tile.query.data_set, filter.attribute)).map((filter) => filter.attribute);
}

export function tabRequest(tab: Tab, range: Range, compare: Compare | undefined, filters: readonly Filter[], knows: Knows): QueryRequest {
  const tiles = reportTiles(tab);
  const everywhere = filters.filter((filter) => tiles.every((tile) => knows(tile.query.data_set, filter.attribute)));
  const somewhere = filters.filter((filter) => !everywhere.includes(filter));
  const narrowed = (query: TypedQuery): TypedQuery => {
    const own = somewhere.filter((filter) => knows(query.data_set, filter.attribute));
    return own.length > 0 ? { ...query, filters: [...(query.filters ?? []), ...own] } : query;
  };
  return {
    range,
    ...(compare ? { compare } : {}),
    filters: [...everywhere],
    reports: tiles.flatMap((tile) => {
      const query = narrowed(tile.query);
      if (tile.kind !== "headline") return [{ id: tile.id, query }];
      const total: TypedQuery = { ...query, attributes: [], totals: true };
      const trend: TypedQuery = { ...query, attributes: ["time.auto"], metrics: query.metrics.slice(0, 1), totals: false, sort: undefined, limit: undefined };
      return [
        { id: tile.id, query: total },
        { id: tile.id + TREND, query: trend },
      ];
    }),
  };
}

export function reportOf(answer: QueryAnswer | undefined, tile: Tile): Report | undefined {
  return answer?.reports.find((report) => report.id === tile.id);
}

export function trendOf(answer: QueryAnswer | undefined, tile: Tile): Report | undefined {
  return answer?.reports.find((report) => report.id === tile.id + TREND);
}

/** Whether a metric of these rows has a number other than nought. */
export function hasNumbers(columns: Report["columns"], rows: Cell[][]): boolean {
  return rows.some((row) => row.some((cell, at) => columns[at]?.role === "metric" && cell !== null && cell !== 0));
}

/** Whether nothing at all came back: then the page says so once, instead of every tile. */
export function isEmpty(answer: QueryAnswer, tab: Tab): boolean {
  const reports = reportTiles(tab).flatMap((tile) => reportOf(answer, tile) ?? []);
  return reports.length > 0 && !reports.some((report) => Boolean(report.error) || hasNumbers(report.columns, report.rows));
}

/** Whether anything happened in the period before. Where nothing did, as before the first day of data, no number can be compared with it. */
export function hasEarlier(answer: QueryAnswer | undefined): boolean {
  return Boolean(answer?.reports.some(({ columns, previous }) => previous && hasNumbers(columns, previous.rows)));
}
