import { describe, expect, it } from "vitest";
import type { Segment } from "../../api/types";
import { factTitle } from "./facts";
import { timeline } from "./timeline";

const segment = (kind: string, from: string, to: string | null, more: Partial<Segment> = {}): Segment => ({
  segment_id: `${kind}-${from}`,
  kind,
  started_at: `2026-10-01T${from}+02:00`,
  ended_at: to === null ? null : `2026-10-01T${to}+02:00`,
  queue: "Level 1",
  agent_name: null,
  handling_team_name: null,
  channel: "Call",
  direction: "Inbound",
  outcome: null,
  abandoned: "No",
  facts: {},
  attributes: [],
  ...more,
});

describe("timeline of a conversation", () => {
  const made = timeline(
    [
      segment("Conversation", "07:22:45", "07:25:01", { agent_name: "John", facts: { ring_time: 4, talk_time: 100, wrap_up_time: 600 } }),
      segment("Queue", "07:21:33", "07:22:45", { facts: { queue_time: 72 } }),
      segment("Queue", "07:25:01", "07:25:04", { queue: "Level 2", facts: { queue_time: 3 } }),
    ],
    0,
  );
  it("has a lane for each queue and agent, in order of time", () => expect(made?.lanes.map((lane) => lane.name)).toEqual(["Level 1", "John", "Level 2"]));
  it("never draws a phase past the end of its segment", () => {
    const bar = made?.lanes[1]?.bars[0];
    expect(bar?.phases.map((phase) => [phase.kind, (phase.end - phase.start) / 1000])).toEqual([["ring", 4], ["talk", 100], ["wrap", 32]]);
  });
  it("has readable ticks from zero", () => expect(made?.ticks).toEqual([0, 30, 60, 90, 120, 150, 180, 210]));
  it("lets an open segment run to now", () => {
    const now = Date.parse("2026-10-01T08:00:00+02:00");
    const open = timeline([segment("Conversation in Progress", "07:50:00", null, { agent_name: "Eva" })], now);
    expect(open?.lanes[0]?.bars[0]).toMatchObject({ open: true, end: now });
  });
  it("is nothing without segments", () => expect(timeline([], 0)).toBeNull());
});

it("facts are called as people call them", () => {
  expect(["ivr_time", "ivr_loops", "queue_time", "silence_time"].map(factTitle)).toEqual(["IVR time", "IVR loops", "Waiting", "Silence time"]);
});
