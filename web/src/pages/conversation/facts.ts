// What the facts of a segment are called: pure.

const TITLES: Record<string, string> = { queue_time: "Waiting", ring_time: "Ringing", talk_time: "Talking", hold_time: "On hold", wrap_up_time: "Wrap-up", abandon_time: "Waited before giving up", ivr_time: "IVR time" };

export function factTitle(name: string): string {
  const known = TITLES[name];
  if (known) return known;
  const text = name.replace(/_/g, " ").replace(/\bivr\b/gi, "IVR");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
