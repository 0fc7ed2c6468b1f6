// The shapes of /api/v1, written by hand from docs/API-DESIGN.md. Nothing but types lives here, so that the file can be
// replaced by the output of openapi-typescript plus a few aliases.

export type Capabilities = {
  dashboards: "none" | "viewer" | "explorer" | "editor";
  play_calls: boolean;
  export_calls: boolean;
  assess: "none" | "view" | "yes";
  questionnaires: boolean;
  administer: boolean;
};

/** An identity provider that one may sign in with. */
export type SignInConnection = { name: string; login_url: string };

export type SignInOptions = { workspace: string; workspace_name: string; needs_administrator: boolean; passkeys: boolean; connections: SignInConnection[] };

export type ScopeState = "some" | "all" | "none" | "open";

export type ScopeRule = { name: string; effect: "grant" | "restrict"; explains: string };

export type ScopeDataSet = { data_set: string; state: ScopeState; rules: ScopeRule[] };

export type Me = {
  person: {
    id: string;
    login: string;
    name: string;
    email: string | null;
    roles: string[];
    attributes: Record<string, string[]>;
    has_password: boolean;
    /** Somebody else chose the password: nothing is open but the choice of another. */
    password_change_due: boolean;
    /** The workspace asks for a second factor and there is none: nothing is open but setting one up. */
    second_factor_due: boolean;
  };
  /** Others in which this browser is signed in. */
  other_workspaces: { id: string; name: string }[];
  capabilities: Capabilities;
  workspace: { id: string; name: string; time_zone: string; demo: boolean };
  scope: {
    state: ScopeState;
    label: string;
    policy_version: number;
    data_sets: ScopeDataSet[];
    contact: string;
  };
  csrf_token: string;
};

export type AttributeInfo = { name: string; title: string; data_sets: string[]; description?: string | null };

export type MetricFormat = "count" | "duration" | "percent" | "number";
export type Good = "up" | "down" | "neither";

export type MetricInfo = {
  name: string;
  title: string;
  format: MetricFormat;
  good: Good;
  data_set: string;
  description?: string | null;
  formula?: string | null;
};

export type Metadata = { attributes: AttributeInfo[]; metrics: MetricInfo[] };

export const PRESETS = [
  "today",
  "yesterday",
  "last_7_days",
  "last_30_days",
  "last_90_days",
  "this_week",
  "last_week",
  "this_month",
  "last_month",
  "this_year",
  "last_12_months",
  "all",
] as const;
export type Preset = (typeof PRESETS)[number];

export type Range =
  | { preset: Preset }
  | { from: string; to: string }
  | { from_instant: string; to_instant: string };

export type FilterOp = "in" | "not_in" | "contains" | "at_least" | "at_most";
export type FilterValue = string | number | null;
export type Filter = { attribute: string; op: FilterOp; values: FilterValue[] };

export type MetricUse = { metric: string; seconds?: number };
export type SortUse = { by: string; direction: "ascending" | "descending" };

export type TypedQuery = {
  data_set: string;
  metrics: MetricUse[];
  attributes?: string[];
  filters?: Filter[];
  sort?: SortUse[];
  limit?: number;
  totals?: boolean;
};

export type TileKind = "headline" | "line" | "bars" | "heatmap" | "table" | "list";

export type Tile = {
  id: string;
  title: string;
  subtitle?: string | null;
  kind: TileKind;
  w: number;
  h: number;
  x: number;
  y: number;
  query: TypedQuery;
  options?: { stacked?: boolean } | null;
};

export type Tab = { id: string; title: string; filters: string[]; tiles: Tile[] };

export type DashboardEntry = {
  id: string;
  title: string;
  description?: string | null;
  tabs: { id: string; title: string }[];
};

export type Dashboard = {
  id: string;
  title: string;
  description?: string | null;
  default_range: Range;
  tabs: Tab[];
};

export type Compare = "previous_period";

export type QueryRequest = {
  range: Range;
  compare?: Compare;
  filters: Filter[];
  reports: { id: string; query: TypedQuery }[];
};

export type Cell = string | number | boolean | null;

export type ColumnFormat =
  | MetricFormat
  | "text"
  | "instant"
  | "hour"
  | "day"
  | "week"
  | "month"
  | "quarter"
  | "year"
  | "hour_of_day"
  | "weekday";

export type Column = {
  name: string;
  title: string;
  role: "attribute" | "time" | "metric";
  format: ColumnFormat;
  good?: Good;
};

export type ReportError = { code: string; message: string };

export type Report = {
  id: string;
  columns: Column[];
  rows: Cell[][];
  totals?: Cell[] | null;
  truncated?: boolean;
  buckets?: string[] | null;
  unfinished_bucket?: string | null;
  /** `whole`: the rows in scope cover that period from its beginning. */
  previous?: { rows: Cell[][]; totals?: Cell[] | null; buckets?: string[] | null; whole: boolean } | null;
  error?: ReportError | null;
};

export type ResolvedRange = {
  from: string;
  to: string;
  from_instant: string;
  to_instant: string;
  time_zone: string;
  previous_from_instant?: string | null;
  previous_to_instant?: string | null;
  title: string;
};

export type Freshness = { newest_event_at: string | null; as_of: string; data_version: number };

export type QueryAnswer = {
  reports: Report[];
  range: ResolvedRange;
  freshness: Freshness;
  scope: { state: ScopeState; label: string; policy_version: number };
};

export type ValuesRequest = { attribute: string; data_set?: string; search?: string; range: Range; filters: Filter[]; limit?: number };
export type ValuesAnswer = { values: { value: string | null; count: number }[]; truncated: boolean };

export type SegmentsRequest = {
  data_set: string;
  range: Range;
  filters: Filter[];
  metric?: MetricUse;
  sort?: SortUse;
  limit: number;
  cursor: string | null;
};

export type SegmentColumn = { name: string; title: string; format: ColumnFormat };
export type SegmentsAnswer = { columns: SegmentColumn[]; rows: Cell[][]; total: number; next: string | null };

export type NamedValue = { name: string; title: string; value: Cell };

export type Segment = {
  segment_id: string;
  kind: string;
  started_at: string;
  ended_at: string | null;
  queue: string | null;
  agent_name: string | null;
  handling_team_name: string | null;
  channel: string | null;
  direction: string | null;
  outcome: string | null;
  abandoned: string | null;
  facts: Record<string, number | null>;
  attributes: NamedValue[];
};

export type Conversation = {
  conversation_id: string;
  started_at: string;
  ended_at: string | null;
  /** More segments than an answer carries: these are the first ones. */
  truncated: boolean;
  segments: Segment[];
  customer: { id: string | null; name: string | null; attributes: NamedValue[] } | null;
};

export type Separation = { yaml: string; version: number };

export type ErrorBody = { error: { code: string; message: string; id?: string; line?: number; field?: string } };
