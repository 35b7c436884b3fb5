"use strict";
/* The axes of the charts: logarithmic for lengths, bytes and times, linear for shares. */
const axes = (() => {
  const mostTicks = 9;
  const powersOfTwo = [2, 4, 8, 16, 64];
  const powersOfTen = [10, 100];

  /* Ends of a logarithmic axis at powers of the first base that gives few enough ticks. */
  function bounds(values, bases) {
    const positive = values.filter(value => format.known(value) && value > 0);
    if (positive.length === 0) return {logBase: bases[0], min: 1, max: bases[0]};
    const span = Math.log(Math.max(...positive) / Math.min(...positive));
    const base = bases.find(one => span / Math.log(one) <= mostTicks - 2) ?? bases[bases.length - 1];
    const log = value => Math.log(value) / Math.log(base);
    let low = Math.floor(log(Math.min(...positive)) + 1e-9);
    let high = Math.ceil(log(Math.max(...positive)) - 1e-9);
    if (low === high) {
      low--;
      high++;
    }
    return {logBase: base, min: base ** low, max: base ** high};
  }

  function look() {
    const line = {lineStyle: {color: theme.color("line")}};
    return {
      axisLine: line, splitLine: line, minorTick: {show: false}, axisTick: {show: false},
      axisLabel: {color: theme.color("faint"), fontSize: 11, hideOverlap: true},
      nameTextStyle: {color: theme.color("faint"), fontSize: 11},
    };
  }

  function ofValues(kind, points) {
    const values = points.flatMap(point => [point[kind.value], point[kind.low], point[kind.high]]);
    if (kind.bases) {
      return {type: "log", ...bounds(values, kind.bases), ...look(),
        axisLabel: {...look().axisLabel, formatter: kind.read}};
    }
    const top = Math.max(1, ...values.filter(format.known));
    return {type: "value", min: 0, max: Math.ceil(top * 5) / 5, ...look(),
      axisLabel: {...look().axisLabel, formatter: kind.read}};
  }

  /* One length alone is no axis: precisions stand side by side then. */
  const isOneLength = points => new Set(points.map(point => point.prompt_tokens)).size === 1;

  function ofPrecisions(points) {
    const {axisLabel, ...rest} = look();
    return {type: "category", data: filters.valuesOf("kv_precision").filter(value => filters.has("kv_precision", value)),
      name: `KV precision, at ${report.binned ? "about " : ""}${format.count(points[0].prompt_tokens)} prompt tokens`,
      nameLocation: "middle", nameGap: 26, ...rest, axisLabel};
  }

  function ofLengths(points) {
    return {type: "log", ...bounds(points.map(point => point.prompt_tokens), powersOfTwo),
      name: "prompt tokens", nameLocation: "middle", nameGap: 26, ...look(),
      axisLabel: {...look().axisLabel, formatter: format.count}};
  }

  return {powersOfTwo, powersOfTen, bounds, look, ofValues, ofPrecisions, ofLengths, isOneLength};
})();
