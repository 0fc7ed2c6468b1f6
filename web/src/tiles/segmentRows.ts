// Rows of segments, as lists and the conversations page show them.

import type { Cell, SegmentColumn } from "../api/types";
import type { TableColumn } from "../table/DataTable";

const HIDDEN: ReadonlySet<string> = new Set(["conversation_id", "segment_id", "task_id"]);

/** One list serves both data sets; what the other one never fills is left out. */
const ONLY_ACTIVITIES: ReadonlySet<string> = new Set(["activity", "activity_time"]);
const ALWAYS: ReadonlySet<string> = new Set(["segment_start", "segment_end", "kind", "agent_name", "agent_team_name", "handling_team_name", "handling_department_name"]);

function belongs(name: string, dataSet: string): boolean {
  return dataSet === "activities" ? ONLY_ACTIVITIES.has(name) || ALWAYS.has(name) : !ONLY_ACTIVITIES.has(name);
}

/** Ids are for links, not for reading. */
export function segmentColumns(columns: readonly SegmentColumn[], dataSet: string): TableColumn[] {
  return columns.flatMap((column, at) => (HIDDEN.has(column.name) || !belongs(column.name, dataSet) ? [] : [{ at, name: column.name, title: column.title, format: column.format, filters: false }]));
}

export function conversationAt(columns: readonly SegmentColumn[], row: readonly Cell[] | undefined): string | null {
  const at = columns.findIndex((column) => column.name === "conversation_id");
  const cell = at < 0 ? null : row?.[at];
  return typeof cell === "string" && cell !== "" ? cell : null;
}
