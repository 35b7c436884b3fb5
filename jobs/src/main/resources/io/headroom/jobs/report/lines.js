"use strict";
/* Charts of one kind of figure over the lengths of prompts, a line a configuration. */
const lines = (() => {
  const most = 60;

  /* Points of one configuration together, the usual ones last and so on top. */
  const seriesOf = points =>
    grouped(points, point => point.series).sort(([a], [b]) => a.usual - b.usual);

  /* A logarithmic axis has no place for nothing. */
  const isShown = (kind, point, key = kind.value) => format.known(point[key]) && (!kind.ladders || point[key] > 0);

  function line(kind, points, x) {
    const style = styles.of(points[0]);
    return {
      type: "line", id: points[0].series, symbol: style.symbol, symbolSize: 7, showSymbol: true,
      lineStyle: {color: style.color, width: 1.75, type: style.dash ?? "solid", opacity: style.opacity},
      itemStyle: {color: style.color, opacity: style.opacity},
      emphasis: {focus: "series", lineStyle: {width: 3}},
      data: points.filter(point => isShown(kind, point))
        .map(point => ({value: [point[x], point[kind.value]], point})),
    };
  }

  /* Confidence intervals. */
  function whiskers(kind, points, x) {
    const {color, opacity} = styles.of(points[0]);
    return {
      type: "custom", silent: true, z: 1, encode: {x: 0, y: [1, 2]},
      data: points.filter(point => isShown(kind, point, kind.low) && isShown(kind, point, kind.high))
        .map(point => [point[x], point[kind.low], point[kind.high]]),
      renderItem(_, api) {
        const [center, low] = api.coord([api.value(0), api.value(1)]);
        const [, high] = api.coord([api.value(0), api.value(2)]);
        const stroke = (x1, y1, x2, y2) =>
          ({type: "line", shape: {x1, y1, x2, y2}, style: {stroke: color, lineWidth: 1.5, opacity: 0.7 * opacity}});
        return {type: "group", children: [
          stroke(center, low, center, high), stroke(center - 3, low, center + 3, low),
          stroke(center - 3, high, center + 3, high)]};
      },
    };
  }

  function told(kind, point) {
    const pairs = [[kind.title, kind.read(point[kind.value])]];
    if (kind.low && format.known(point[kind.low])) {
      pairs.push(["95 % interval", `${kind.read(point[kind.low])} – ${kind.read(point[kind.high])}`]);
    }
    return [...pairs, ...(kind.more?.(point) ?? [])];
  }

  /* Of one model; the axes are those of all, so that panels can be compared. */
  function option(kind, model, all) {
    const series = seriesOf(all.filter(point => point.model === model)).slice(0, most);
    const x = axes.ofLengths(all);
    const y = axes.ofValues(kind, all);
    return {
      ...frames.frame(`${kind.title} of ${model} by ${x.key.replace("_", " ")}, ${plural(series.length, "line")}. `
        + "The tables have every figure."),
      xAxis: x.axis,
      yAxis: y.axis,
      series: [
        ...x.rules, ...y.rules,
        ...series.map(one => line(kind, one, x.key)),
        ...(kind.low ? series.map(one => whiskers(kind, one, x.key)) : []),
      ],
      tooltip: {...frames.frame("").tooltip, formatter: ({data}) => frames.tipOf(data.point, told(kind, data.point))},
    };
  }

  return {most, option, areCrowded: points => seriesOf(points).length > most};
})();
