"use strict";
/* The axes of the charts: logarithmic for lengths, bytes and times, linear for shares. */
const axes = (() => {
  /* So many labels can be read above each other, and side by side on a phone. */
  const mostAbove = 9;
  const mostBeside = 6;

  /* Ticks of logarithmic axes, the closest first: digits times powers of a base. */
  const powersOfTwo = [2, 4, 8, 16, 64].map(base => ({base, digits: [1]}));
  const powersOfTen = [
    {base: 10, digits: [1, 2, 5]}, {base: 10, digits: [1, 3]}, {base: 10, digits: [1]}, {base: 100, digits: [1]}];

  function rungs({base, digits}, low, high) {
    const power = value => Math.floor(Math.log(value) / Math.log(base) + 1e-9);
    const values = [];
    for (let exponent = power(low) - 1; exponent <= power(high) + 1; exponent++) {
      values.push(...digits.map(digit => digit * base ** exponent));
    }
    return values;
  }

  /* Ends close around the values, and as many ticks between them as can be read. */
  function scale(values, ladders, mostTicks) {
    const positive = values.filter(value => format.known(value) && value > 0);
    if (positive.length === 0) positive.push(1);
    const [low, high] = [Math.min(...positive), Math.max(...positive)];
    const finest = rungs(ladders[0], low, high);
    let min = finest.findLast(rung => rung <= low * (1 + 1e-9));
    let max = finest.find(rung => rung >= high * (1 - 1e-9));
    if (min === max) {
      min = finest.findLast(rung => rung < min);
      max = finest.find(rung => rung > max);
    }
    const between = ladder => rungs(ladder, min, max).filter(rung => rung >= min && rung <= max);
    const ladder = ladders.find(one => between(one).length <= mostTicks) ?? ladders[ladders.length - 1];
    return {min, max, ticks: between(ladder)};
  }

  function look() {
    const line = {lineStyle: {color: theme.color("line")}};
    return {
      axisLine: line, splitLine: line, minorTick: {show: false}, axisTick: {show: false},
      axisLabel: label(), nameTextStyle: label(),
    };
  }

  const label = () => ({color: theme.color("faint"), fontSize: 11, hideOverlap: true});

  /* The library has ticks at powers of one base alone: these come from a series of lines, ruled(). */
  function logarithmic({min, max}, name, nameGap) {
    return {type: "log", min, max, ...look(), axisLabel: {show: false}, splitLine: {show: false},
      name, nameLocation: "middle", nameGap};
  }

  /* Lines across the chart with labels at their beginnings, where an axis would have them. */
  function ruled(key, ticks, read) {
    return {
      type: "line", id: `ruled-${key}`, silent: true, z: 0, data: [],
      markLine: {
        silent: true, animation: false, symbol: "none",
        lineStyle: {color: theme.color("line"), type: "solid", width: 1},
        label: {...label(), position: "start", distance: key === "xAxis" ? 10 : 6, formatter: ({value}) => read(value)},
        data: ticks.map(tick => ({[key]: tick})),
      },
    };
  }

  /* Of values that one series has: the axis, and what rules it. */
  function ofValues(kind, points) {
    const values = points.flatMap(point => [point[kind.value], point[kind.low], point[kind.high]]);
    if (kind.ladders) {
      const whole = scale(values, kind.ladders, mostAbove);
      return {axis: logarithmic(whole), rules: [ruled("yAxis", whole.ticks, kind.read)]};
    }
    const top = Math.max(0, ...values.filter(format.known));
    const ends = top > 1 ? {min: 0} : {min: 0, max: 1};
    return {axis: {type: "value", ...ends, ...look(), axisLabel: {...label(), formatter: kind.read}}, rules: []};
  }

  /* One length alone is no axis: precisions stand side by side then. */
  const isOneLength = points => new Set(points.map(point => point.prompt_tokens)).size === 1;

  function ofPrecisions(points) {
    return {type: "category", data: filters.valuesOf("kv_precision").filter(value => filters.has("kv_precision", value)),
      name: `KV precision, at ${report.tokens(points[0].prompt_tokens)} prompt tokens`,
      nameLocation: "middle", nameGap: 26, ...look()};
  }

  /* Of the lengths of prompts: the column of the points, the axis, and what rules it. */
  function ofLengths(points) {
    if (isOneLength(points)) return {key: "kv_precision", axis: ofPrecisions(points), rules: []};
    const lengths = scale(points.map(point => point.prompt_tokens), powersOfTwo, mostBeside);
    return {key: "prompt_tokens", axis: logarithmic(lengths, "prompt tokens", 26),
      rules: [ruled("xAxis", lengths.ticks, format.count)]};
  }

  return {powersOfTwo, powersOfTen, mostBeside, scale, look, logarithmic, ruled, ofValues, ofLengths};
})();
