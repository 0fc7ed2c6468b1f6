// Rows of segments, as lists and the conversations page show them.

import type { Cell, SegmentColumn } from "../api/types";
import type { TableColumn } from "../table/DataTable";

/** Ids are for links, not for reading. */
export function segmentColumns(columns: readonly SegmentColumn[]): TableColumn[] {
  return columns.flatMap((column, at) => (/(^|_)id$/.test(column.name) ? [] : [{ at, name: column.name, title: column.title, format: column.format, filters: false }]));
}

export function conversationAt(columns: readonly SegmentColumn[], row: readonly Cell[] | undefined): string | null {
  const at = columns.findIndex((column) => column.name === "conversation_id");
  const cell = at < 0 ? null : row?.[at];
  return typeof cell === "string" && cell !== "" ? cell : null;
}
