// Made-up rows of a made-up company, the same on every run: a small pseudo-random walk over ninety days.

const ZONE = "Europe/Prague";
const DAY = 86_400_000;

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const offsets = new Map();
const offsetFormat = new Intl.DateTimeFormat("en-US", { timeZone: ZONE, timeZoneName: "longOffset" });
/** Minutes east of Greenwich; cached by hour. */
export function offsetAt(time) {
  const hour = Math.floor(time / 3_600_000);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const name = offsetFormat.formatToParts(new Date(time)).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const found = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  const minutes = found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
  offsets.set(hour, minutes);
  return minutes;
}

/** The instant with the zone's offset, as the server writes it. */
export function stamp(time) {
  const minutes = offsetAt(time);
  const local = new Date(time + minutes * 60_000).toISOString().slice(0, 19);
  const sign = minutes < 0 ? "-" : "+";
  const size = Math.abs(minutes);
  return `${local}${sign}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
}

/** The instant of a local midnight. */
export function midnight(date) {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const first = guess - offsetAt(guess) * 60_000;
  return guess - offsetAt(first) * 60_000;
}

export function localDate(time) {
  return new Date(time + offsetAt(time) * 60_000).toISOString().slice(0, 10);
}

export const TEAMS = {
  Anvils: { queues: ["Anvils_Calls", "Anvils_Chat"], agents: ["Dana Kovar", "Igor Malik", "Petra Ruzicka", "Tomas Beran", "Olga Sykora"], market: "CZ", weight: 1 },
  "Tennis Balls": { queues: ["TennisBalls_Calls"], agents: ["Ben Ashdown", "Carla Whitfield", "Noor Haddad", "Sam Okafor"], market: "CZ", weight: 0.8 },
  Onions: { queues: ["Onions_Calls", "Onions_Mail"], agents: ["Lena Vogt", "Jonas Eder", "Mira Albrecht"], market: "SK", weight: 0.55 },
  Candles: { queues: ["Candles_Calls"], agents: ["Yann Le Goff", "Elise Marchand", "Theo Girard"], market: "FR", weight: 0.4 },
};

const SHAPE = [0, 0, 0, 0, 0, 0, 0.1, 0.5, 1.2, 2.1, 2.4, 2.2, 1.6, 1.8, 2.2, 2.1, 1.7, 1.1, 0.6, 0.3, 0.1, 0, 0, 0];
const WEEK = [0, 1.25, 1.1, 1, 1.05, 0.9, 0.35, 0];
const ACTIVITIES = [["Available", 0.55], ["Busy", 0.22], ["Break", 0.12], ["Training", 0.07], ["Lunch", 0.09]];

function channelOf(queue) {
  return queue.endsWith("Chat") ? "Chat" : queue.endsWith("Mail") ? "E-mail" : "Call";
}

export function makeRows(now) {
  const next = random(20_26);
  const conversations = [];
  const activities = [];
  let number = 100_000;
  const today = localDate(now);
  for (let back = 95; back >= 0; back -= 1) {
    const date = localDate(midnight(today) - back * DAY + 3 * 3_600_000);
    const start = midnight(date);
    const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
    const mood = (WEEK[weekday] ?? 1) * (0.85 + next() * 0.35) * (1 + (95 - back) / 400);
    for (const [team, { queues, agents, market, weight }] of Object.entries(TEAMS)) {
      for (let hour = 0; hour < 24; hour += 1) {
        const count = Math.round((SHAPE[hour] ?? 0) * mood * weight * 3.2 + next() * 0.6 - 0.3);
        for (let one = 0; one < count; one += 1) {
          const at = start + hour * 3_600_000 + Math.floor(next() * 3_600_000);
          if (at > now) continue;
          const queue = queues[Math.floor(next() * queues.length)];
          const channel = channelOf(queue);
          const busy = (SHAPE[hour] ?? 0) > 2;
          const outbound = channel === "Call" && next() < 0.16;
          const wait = outbound ? 0 : Math.round(4 + next() ** 2 * (busy ? 130 : 60));
          const abandoned = !outbound && channel === "Call" && wait > 35 && next() < (busy ? 0.3 : 0.18);
          const agent = abandoned ? null : agents[Math.floor(next() * agents.length)];
          const talk = abandoned ? null : Math.round(60 + next() ** 1.6 * 540);
          number += 1;
          conversations.push({
            conversation_id: `WT${number}`,
            at,
            queue,
            channel,
            direction: outbound ? "Outbound" : "Inbound",
            handling_team_name: abandoned ? null : team,
            agent_name: agent,
            conversation_attribute_1: market,
            unit: team,
            outcome: abandoned ? null : next() < 0.72 ? "Resolved" : next() < 0.6 ? "Call back" : null,
            abandoned: abandoned ? "Yes" : "No",
            queue_time: wait,
            ring_time: abandoned ? null : Math.round(2 + next() * 9),
            talk_time: talk,
            wrap_up_time: abandoned ? null : Math.round(10 + next() * 80),
            customer: `+420 60${1 + Math.floor(next() * 8)} ${String(100 + Math.floor(next() * 900))} ${String(100 + Math.floor(next() * 900))}`,
          });
        }
      }
      if ((WEEK[weekday] ?? 0) > 0.2)
        for (const agent of agents)
          for (const [activity, share] of ACTIVITIES) {
            const at = start + 8 * 3_600_000 + Math.floor(next() * 6 * 3_600_000);
            if (at < now && next() < 0.93) activities.push({ at, agent_name: agent, team_name: team, activity, unit: team, market, activity_time: Math.round(share * 28_800 * (0.7 + next() * 0.6)) });
          }
    }
  }
  conversations.sort((one, other) => one.at - other.at);
  return { conversations, activities };
}
