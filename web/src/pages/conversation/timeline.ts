// Where each segment and each of its phases lies on the one time axis of a conversation. Pure.

import type { Segment } from "../../api/types";

export type PhaseKind = "queue" | "ring" | "talk" | "hold" | "wrap" | "other";

export type Phase = { kind: PhaseKind; start: number; end: number };

export type Bar = { segment: Segment; start: number; end: number; open: boolean; phases: Phase[] };

export type Lane = { name: string; role: "queue" | "agent" | "none"; bars: Bar[] };

export type Timeline = { start: number; end: number; lanes: Lane[]; ticks: number[] };

export const PHASE_TITLES: Record<PhaseKind, string> = { queue: "Waiting", ring: "Ringing", talk: "Talking", hold: "On hold", wrap: "Wrap-up", other: "Other" };

const TICK_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

export function timeline(segments: readonly Segment[], now: number): Timeline | null {
  const bars = segments.map((segment) => barOf(segment, now)).filter((bar) => Number.isFinite(bar.start));
  if (bars.length === 0) return null;
  const start = Math.min(...bars.map((bar) => bar.start));
  const end = Math.max(...bars.map((bar) => bar.end), start + 1000);
  const lanes = new Map<string, Lane>();
  for (const bar of [...bars].sort((one, other) => one.start - other.start)) {
    const lane = laneOf(bar.segment);
    const key = `${lane.role}:${lane.name}`;
    const known = lanes.get(key) ?? lane;
    lanes.set(key, known);
    known.bars.push(bar);
  }
  return { start, end, lanes: [...lanes.values()], ticks: ticksOf(start, end) };
}

function laneOf(segment: Segment): Lane {
  if (/^queue/i.test(segment.kind)) return { name: segment.queue ?? "No queue", role: "queue", bars: [] };
  if (segment.agent_name) return { name: segment.agent_name, role: "agent", bars: [] };
  return { name: "No agent", role: "none", bars: [] };
}

function barOf(segment: Segment, now: number): Bar {
  const start = Date.parse(segment.started_at);
  const ended = segment.ended_at === null ? now : Date.parse(segment.ended_at);
  const end = Math.max(ended, start);
  return { segment, start, end, open: segment.ended_at === null, phases: phasesOf(segment, start, end) };
}

/** Phases in their order, never past the end of the segment; a remainder that no fact explains stays a phase of its own. */
function phasesOf(segment: Segment, start: number, end: number): Phase[] {
  const queue = /^queue/i.test(segment.kind);
  const order: [PhaseKind, number | null | undefined][] = queue
    ? [["queue", segment.facts["queue_time"]]]
    : [
        ["ring", segment.facts["ring_time"]],
        ["talk", segment.facts["talk_time"]],
        ["wrap", segment.facts["wrap_up_time"]],
      ];
  const phases: Phase[] = [];
  let at = start;
  for (const [kind, seconds] of order) {
    if (!seconds || seconds <= 0 || at >= end) continue;
    const next = Math.min(end, at + seconds * 1000);
    phases.push({ kind, start: at, end: next });
    at = next;
  }
  if (at < end && (phases.length === 0 || end - at > 1500)) phases.push({ kind: queue ? "queue" : "other", start: at, end });
  return phases;
}

function ticksOf(start: number, end: number): number[] {
  const seconds = (end - start) / 1000;
  const step = TICK_STEPS.find((one) => seconds / one <= 8) ?? 86_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, at) => at * step);
}
