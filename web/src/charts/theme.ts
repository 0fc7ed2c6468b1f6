// The colours of charts. They are here and not in the style sheet because a canvas needs them as values.

export type ChartTheme = {
  name: "light" | "dark";
  panel: string;
  ink: string;
  dim: string;
  grid: string;
  axis: string;
  accent: string;
  /** Eight colours that stay apart for colour-blind eyes; a test holds them to it. */
  palette: readonly string[];
  /** What is beyond the eighth. */
  rest: string;
  good: string;
  bad: string;
  /** From little to much. */
  sequential: readonly string[];
  blank: string;
};

export const LIGHT: ChartTheme = {
  name: "light",
  panel: "#ffffff",
  ink: "#1d1c1a",
  dim: "#625f58",
  grid: "#ebe9e4",
  axis: "#c9c6be",
  accent: "#0f665c",
  palette: ["#2a63ae", "#c45700", "#179276", "#673081", "#b59410", "#dc63a1", "#4c9fd8", "#5a5d58"],
  rest: "#a3a098",
  good: "#1f5fae",
  bad: "#b3540a",
  sequential: ["#e9f1f5", "#bcd6e6", "#86b3d3", "#4d8abb", "#26629a", "#123f6d"],
  blank: "#f4f3f0",
};

export const DARK: ChartTheme = {
  name: "dark",
  panel: "#1f1e1b",
  ink: "#eeece6",
  dim: "#a5a198",
  grid: "#2f2d29",
  axis: "#4a4741",
  accent: "#58b8a6",
  palette: ["#638bf7", "#dd8245", "#17bf8c", "#b36fc2", "#d2b53c", "#fe94bb", "#90c8f4", "#878b84"],
  rest: "#6d6a63",
  good: "#7fb2f0",
  bad: "#f2a365",
  sequential: ["#20303d", "#23445f", "#2b5f88", "#3c80b3", "#69a7d6", "#aed4f2"],
  blank: "#262521",
};

export const CHART_FONT = '"Instrument Sans Variable", system-ui, sans-serif';
