// Line icons drawn for a 20 px box.

const PATHS = {
  dashboards: "M3.5 3.5h5.5v7H3.5zM11 3.5h5.5v4H11zM11 9.5h5.5v7H11zM3.5 12.5h5.5v4H3.5z",
  conversations: "M3.5 4.5h13v9h-7l-3.5 3v-3H3.5zM6.5 7.5h7M6.5 10.5h4.5",
  shield: "M10 2.8l6 2.2v4.6c0 3.7-2.5 6.2-6 7.6-3.5-1.4-6-3.9-6-7.6V5zM7.3 9.8l2 2 3.5-3.7",
  search: "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13.2 13.2l3.8 3.8",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
  down: "M5.5 8l4.5 4.5L14.5 8",
  left: "M12 5.5L7.5 10l4.5 4.5",
  right: "M8 5.5l4.5 4.5L8 14.5",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  more: "M4.8 10h.01M10 10h.01M15.2 10h.01",
  check: "M4.5 10.5l3.7 3.7 7.3-8",
  filter: "M3.5 5.5h13M6 10h8M8.5 14.5h3",
  full: "M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4",
  list: "M7.5 5.5h9M7.5 10h9M7.5 14.5h9M3.7 5.5h.01M3.7 10h.01M3.7 14.5h.01",
  table: "M3.5 4.5h13v11h-13zM3.5 8h13M8.5 8v7.5",
  chart: "M3.5 3.5v13h13M6.5 12.5l3-4 2.5 2.5 4-5.5",
  copy: "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
  user: "M10 3.5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM3.8 16.5c.7-3 3.2-4.6 6.2-4.6s5.5 1.6 6.2 4.6",
  sun: "M10 6.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M4.7 15.3l1-1M14.3 5.7l1-1",
  moon: "M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z",
  out: "M8.5 3.5h-5v13h5M7.5 10h9M13 6.5l3.5 3.5-3.5 3.5",
  help: "M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM8 8.2c0-1.2.9-2 2-2s2 .8 2 1.9c0 1.4-2 1.6-2 3.1M10 13.8h.01",
  alert: "M10 3.2l7.3 13H2.7zM10 8.2v3.6M10 14h.01",
  offline: "M3 3l14 14M6 10.6a6 6 0 0 1 3-1.4M3.4 7.8A9.6 9.6 0 0 1 6.6 5.9M9.6 5a9.6 9.6 0 0 1 7 2.8M12.6 9.9c.5.2 1 .5 1.4.9M8.2 13.4a2.6 2.6 0 0 1 3.6 0M10 16h.01",
  refresh: "M16 8a6.3 6.3 0 0 0-11.3-1.7L3.5 8M3.5 4v4h4M4 12a6.3 6.3 0 0 0 11.3 1.7l1.2-1.7M16.5 16v-4h-4",
  bars: "M3.5 5.5h11M3.5 10h7M3.5 14.5h13",
  key: "M12.8 3.2a4 4 0 1 1-3.2 6.4l-6.1 6.1v.8h2.6v-2h2v-2l2.2-2.2M13.5 6.6h.01",
  plus: "M10 4.5v11M4.5 10h11",
  up: "M5.5 12l4.5-4.5 4.500 4.500",
  save: "M10 3.500v9M6.500 9.500l3.500 3.500 3.500-3.500M3.500 16.500h13",
  density: "M3.5 4.5h13M3.5 8.2h13M3.5 11.8h13M3.5 15.5h13",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  const dots = name === "more" || name === "list";
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={dots && name === "more" ? 2.2 : 1.5} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
