// Settings while they are typed: numbers as texts, and what is wrong with them. Pure. The server checks all of it again.

import type { Settings } from "../../../api/admin";

export type Threshold = { queue: string; channel: string; seconds: string };

export type Draft = Omit<Settings, "service_level_seconds" | "short_abandon_seconds" | "service_level_overrides" | "session_idle_minutes" | "session_hours" | "demo"> & {
  service_level_seconds: string;
  short_abandon_seconds: string;
  service_level_overrides: Threshold[];
  session_idle_minutes: string;
  session_hours: string;
};

export function draftOf(settings: Settings): Draft {
  const { demo: _, ...rest } = settings;
  return {
    ...rest,
    service_level_seconds: String(settings.service_level_seconds),
    short_abandon_seconds: String(settings.short_abandon_seconds),
    session_idle_minutes: String(settings.session_idle_minutes),
    session_hours: String(settings.session_hours),
    service_level_overrides: settings.service_level_overrides.map(({ queue, channel, seconds }) => ({ queue: queue ?? "", channel: channel ?? "", seconds: String(seconds) })),
  };
}

export function settingsOf(draft: Draft, saved: Settings): Settings {
  return {
    ...draft,
    name: draft.name.trim(),
    contact: draft.contact.trim(),
    service_level_seconds: Number(draft.service_level_seconds),
    short_abandon_seconds: Number(draft.short_abandon_seconds),
    session_idle_minutes: Number(draft.session_idle_minutes),
    session_hours: Number(draft.session_hours),
    service_level_overrides: draft.service_level_overrides.map(({ queue, channel, seconds }) => ({ queue: queue.trim() || null, channel: channel.trim() || null, seconds: Number(seconds) })),
    demo: saved.demo,
  };
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,6}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}

export function wrongIn(draft: Draft, zones: readonly string[]): Partial<Record<keyof Settings, string>> {
  const wrong: Partial<Record<keyof Settings, string>> = {};
  if (draft.name.trim() === "") wrong.name = "A name is needed.";
  // The server knows more zones than some browsers list; what has the form of a name is for it to say.
  if (!zones.includes(draft.time_zone) && !/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/.test(draft.time_zone)) wrong.time_zone = "Choose a time zone such as Europe/Prague.";
  if (!isWhole(draft.service_level_seconds, 1, 86_400)) wrong.service_level_seconds = "A whole number from 1 to 86400.";
  if (!isWhole(draft.short_abandon_seconds, 0, 3_600)) wrong.short_abandon_seconds = "A whole number from 0 to 3600.";
  if (!isWhole(draft.session_idle_minutes, 5, 1_440)) wrong.session_idle_minutes = "A whole number from 5 to 1440.";
  if (!isWhole(draft.session_hours, 1, 168)) wrong.session_hours = "A whole number from 1 to 168.";
  else if (Number(draft.session_idle_minutes) > Number(draft.session_hours) * 60) wrong.session_idle_minutes ??= "That is longer than a session lasts.";
  const at = draft.service_level_overrides.findIndex(({ seconds }) => !isWhole(seconds, 1, 86_400));
  if (at >= 0) wrong.service_level_overrides = `Threshold ${at + 1} needs a whole number of seconds from 1 to 86400.`;
  const twice = draft.available_activities.find((name) => draft.offline_activities.includes(name));
  if (twice) wrong.offline_activities = `${twice} is listed as available too.`;
  return wrong;
}
