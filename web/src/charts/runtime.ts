// The drawing library, as its own chunk: only the kinds of chart that the app has.

import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, AxisPointerComponent, GridComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { connect, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, LineChart, ScatterChart, AriaComponent, AxisPointerComponent, GridComponent, TooltipComponent, VisualMapContinuousComponent, CanvasRenderer]);

export { connect, init };
export type { EChartsType } from "echarts/core";
