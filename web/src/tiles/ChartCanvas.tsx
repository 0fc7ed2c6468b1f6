import type { EChartsOption } from "echarts";
import { useEffect, useRef, useState } from "react";
import type { EChartsType } from "../charts/runtime";

export type Hit = { x: number; y: number; series: string | null };

type Props = {
  option: EChartsOption;
  /** Charts with one name share their crosshair. */
  group: string | null;
  label: string;
  /** A point marked by the keyboard: which hover to show. */
  marked: { seriesIndex: number; dataIndex: number } | null;
  onHit: (hit: Hit, event: { shift: boolean; twice: boolean; touch: boolean }) => void;
  className?: string;
};

/** The chart under the pointer or the keyboard: only it shows its hover, the others of its group show the crosshair. */
let active: object | null = null;
const DOUBLE_CLICK_MS = 240;

export function ChartCanvas({ option, group, label, marked, onHit, className }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType | null>(null);
  const self = useRef({});
  const hit = useRef(onHit);
  hit.current = onHit;

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    let made: EChartsType | null = null;
    let gone = false;
    const watcher = new ResizeObserver(() => made?.resize());
    void import("../charts/runtime").then(({ init }) => {
      if (gone) return;
      made = init(element);
      listen(made, (...given) => hit.current(...given));
      watcher.observe(element);
      setChart(made);
    });
    return () => {
      gone = true;
      watcher.disconnect();
      made?.dispose();
      setChart(null);
    };
  }, []);

  useEffect(() => {
    if (!chart || !group) return;
    chart.group = group;
    void import("../charts/runtime").then(({ connect }) => connect(group));
  }, [chart, group]);

  useEffect(() => {
    if (!chart) return;
    chart.setOption(onlyWhenActive(option, () => active === self.current), { replaceMerge: ["series", "xAxis", "yAxis", "visualMap"] });
  }, [chart, option]);

  useEffect(() => {
    if (!chart) return;
    if (marked) {
      active = self.current;
      chart.dispatchAction({ type: "showTip", ...marked });
    } else chart.dispatchAction({ type: "hideTip" });
  }, [chart, marked]);

  return (
    <div
      ref={host}
      role="img"
      aria-label={label}
      className={className}
      onPointerMoveCapture={() => {
        active = self.current;
      }}
      onPointerLeave={() => {
        if (active === self.current) active = null;
      }}
    />
  );
}

function onlyWhenActive(option: EChartsOption, isActive: () => boolean): EChartsOption {
  const tooltip = Array.isArray(option.tooltip) ? option.tooltip[0] : option.tooltip;
  const formatter = tooltip?.formatter;
  if (!tooltip || typeof formatter !== "function") return option;
  const format = formatter as (given: unknown) => string;
  return { ...option, tooltip: { ...tooltip, formatter: (given: unknown) => (isActive() ? format(given) : "") } };
}

type Told = (hit: Hit, event: { shift: boolean; twice: boolean; touch: boolean }) => void;

/** Clicks anywhere in the grid count, not only on the ink: a line is two pixels wide. */
function listen(chart: EChartsType, tell: Told): void {
  let series: string | null = null;
  let waiting: number | undefined;
  chart.on("mousemove", (event) => {
    series = event.componentType === "series" ? (event.seriesName ?? null) : null;
  });
  chart.on("mouseout", () => {
    series = null;
  });
  chart.on("click", (event) => {
    series = event.componentType === "series" ? (event.seriesName ?? null) : null;
  });
  chart.getZr().on("click", (event) => {
    const place = [event.offsetX, event.offsetY];
    if (!chart.containPixel("grid", place)) return;
    const at = chart.convertFromPixel("grid", place);
    const found: Hit = { x: Math.round(Number(at[0])), y: Math.round(Number(at[1])), series };
    const native = event.event as MouseEvent;
    const touch = (native as PointerEvent).pointerType === "touch" || window.matchMedia("(pointer: coarse)").matches;
    const shift = native.shiftKey;
    // The browser counts slower double clicks too, and those of a busy page: their second half must not take the filter of the first back.
    if (waiting !== undefined || native.detail > 1) {
      window.clearTimeout(waiting);
      waiting = undefined;
      tell(found, { shift, twice: true, touch });
      return;
    }
    // A click waits a moment, in case it is the first half of a double click.
    waiting = window.setTimeout(() => {
      waiting = undefined;
      tell(found, { shift, twice: false, touch });
    }, DOUBLE_CLICK_MS);
  });
}
