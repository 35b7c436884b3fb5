"use strict";
/* Charts of what was predicted against what was measured. */
const scatter = (() => {
  function dot(point) {
    const {color, symbol, opacity} = styles.of(point);
    return {value: [point.measured_ns, point.predicted_ns], point, symbol, itemStyle: {color, opacity: 0.85 * opacity}};
  }

  function option(model, all) {
    const told = all.filter(point => point.predicted_ns > 0 && point.measured_ns > 0);
    const points = told.filter(point => point.model === model);
    const both = axes.scale(told.flatMap(point => [point.predicted_ns, point.measured_ns]), axes.powersOfTen, axes.mostBeside);
    const frame = frames.frame(`Predicted against measured time of ${model}, ${plural(points.length, "point")}.`);
    return {
      ...frame,
      grid: {...frame.grid, left: 82},
      xAxis: axes.logarithmic(both, "measured", 26),
      yAxis: axes.logarithmic(both, "predicted", 62),
      series: [
        axes.ruled("xAxis", both.ticks, format.nanos), axes.ruled("yAxis", both.ticks, format.nanos),
        {type: "line", silent: true, symbol: "none", data: [[both.min, both.min], [both.max, both.max]],
          lineStyle: {color: theme.color("none"), type: [4, 4], width: 1}},
        {type: "scatter", symbolSize: 9, data: points.map(dot)},
      ],
      tooltip: {...frame.tooltip, formatter: ({data}) => frames.tipOf(data.point, [
        ["measured", format.nanos(data.point.measured_ns)],
        ["predicted", format.nanos(data.point.predicted_ns)],
        ["predicted / measured", format.ratio(data.point.predicted_ns / data.point.measured_ns)]])},
    };
  }

  return {option};
})();
