// The two dashboards that come with the product, as the server gives them.

const conversations = (metrics, attributes = [], more = {}) => ({
  data_set: "conversations",
  metrics: metrics.map((name) => (typeof name === "string" ? { metric: name } : name)),
  attributes,
  ...more,
});
const activities = (metrics, attributes = [], more = {}) => ({ ...conversations(metrics, attributes, more), data_set: "activities" });
const LEVEL = { metric: "answered_within", seconds: 20 };

const head = (id, title, metric, x, w = 2) => ({ id, title, kind: "headline", w, h: 2, x, y: 0, query: conversations([metric]), options: null });
const tile = (id, kind, title, subtitle, [x, y, w, h], query, options = null) => ({ id, title, subtitle, kind, x, y, w, h, query, options });

const FILTERS = ["queue", "channel", "direction", "handling_team_name"];

const overview = {
  id: "overview",
  title: "Overview",
  filters: FILTERS,
  tiles: [
    head("handled", "Handled", "handled", 0),
    head("abandoned", "Abandoned", "abandoned_rate", 2),
    head("level", "Service level, 20 s", LEVEL, 4),
    head("asa", "Speed of answer", "asa", 6),
    head("aht", "Handle time", "aht", 8),
    head("occupancy", "Occupancy", "occupancy", 10),
    tile("by-time", "line", "How many conversations come, and how many give up?", "Conversations", [0, 2, 8, 4], conversations(["handled", "abandoned"], ["time.auto"])),
    tile("by-queue", "bars", "Which queues carry the load?", "Handled", [8, 2, 4, 4], conversations(["handled"], ["queue"])),
    tile("by-hour", "heatmap", "When are we busy?", "Handled, hour by weekday", [0, 6, 7, 4], conversations(["handled"], ["time.weekday", "time.hour_of_day"])),
    tile("by-team", "table", "How does each team do?", null, [7, 6, 5, 4], conversations(["handled", "abandoned_rate", LEVEL, "aht"], ["handling_team_name"], { totals: true, limit: 200 })),
  ],
};

const pilot = [
  {
    id: "conversations",
    title: "Conversations",
    filters: FILTERS,
    tiles: [
      head("handled", "Handled", "handled", 0, 3),
      head("abandoned", "Abandoned", "abandoned_rate", 3, 3),
      head("level", "Service level, 20 s", LEVEL, 6, 3),
      head("aht", "Handle time", "aht", 9, 3),
      tile("by-queue", "bars", "Which queue had how many, day by day?", "Conversations", [0, 2, 8, 4], conversations(["conversations"], ["time.auto", "queue"]), { stacked: true }),
      tile("by-channel", "bars", "Through which channel?", "Conversations", [8, 2, 4, 4], conversations(["conversations"], ["channel"])),
      tile("by-hour", "heatmap", "When do callers give up?", "Abandoned, hour by weekday", [0, 6, 6, 4], conversations(["abandoned"], ["time.weekday", "time.hour_of_day"])),
      tile("newest", "list", "Newest segments", null, [6, 6, 6, 4], conversations([], [], { limit: 50 })),
    ],
  },
  {
    id: "agents",
    title: "Agents",
    filters: ["handling_team_name", "agent_name", "channel"],
    tiles: [
      head("handled", "Handled", "handled", 0, 4),
      head("aht", "Handle time", "aht", 4, 4),
      head("occupancy", "Occupancy", "occupancy", 8, 4),
      tile("by-team", "line", "How long does each team take?", "Average handle time", [0, 2, 8, 4], conversations(["aht"], ["time.day", "handling_team_name"], { filters: [{ attribute: "abandoned", op: "in", values: ["No"] }] })),
      tile("by-agent", "bars", "Who handles most?", "Handled", [8, 2, 4, 4], conversations(["handled"], ["agent_name"], { filters: [{ attribute: "abandoned", op: "in", values: ["No"] }] })),
      tile("agents", "table", "Every agent", null, [0, 6, 12, 5], conversations(["handled", "aht", "asa", LEVEL, "occupancy"], ["agent_name", "handling_team_name"], { totals: true, filters: [{ attribute: "abandoned", op: "in", values: ["No"] }] })),
    ],
  },
  {
    id: "queues",
    title: "Queues",
    filters: FILTERS,
    tiles: [
      head("abandoned", "Abandoned", "abandoned_rate", 0, 4),
      head("asa", "Speed of answer", "asa", 4, 4),
      head("level", "Service level, 20 s", LEVEL, 8, 4),
      tile("asa-time", "line", "How long do people wait?", "Average speed of answer", [0, 2, 6, 4], conversations(["asa"], ["time.auto"])),
      tile("rate", "bars", "Where do they give up?", "Abandoned %", [6, 2, 6, 4], conversations(["abandoned_rate"], ["queue"])),
      tile("queues", "table", "Every queue", null, [0, 6, 12, 4], conversations(["conversations", "handled", "abandoned", "abandoned_rate", LEVEL, "asa"], ["queue"], { totals: true })),
    ],
  },
  {
    id: "activities",
    title: "Activities",
    filters: ["team_name", "agent_name", "activity"],
    tiles: [
      { ...head("time", "Time in activities", "activity_time", 0, 6), query: activities(["activity_time"]) },
      { ...head("changes", "Stretches", "activity_changes", 6, 6), query: activities(["activity_changes"]) },
      tile("by-day", "bars", "What do people do?", "Time by activity", [0, 2, 8, 4], activities(["activity_time"], ["time.day", "activity"]), { stacked: true }),
      tile("by-activity", "bars", "Time in each activity", null, [8, 2, 4, 4], activities(["activity_time"], ["activity"])),
      tile("table", "table", "Every agent", null, [0, 6, 12, 5], activities(["activity_time", "activity_changes"], ["agent_name", "activity"], { totals: true })),
    ],
  },
];

export const DASHBOARDS = [
  { id: "control-center", title: "Control Center", description: "The day at a glance.", default_range: { preset: "last_30_days" }, tabs: [overview] },
  { id: "pilot", title: "Pilot", description: "Conversations, people and queues in depth.", default_range: { preset: "last_30_days" }, tabs: pilot },
];
