"use strict";
/* The chart of how rows came out: quiet, noisy, unsteady, or not measured at all. */
const outcomes = (() => {
  const most = 40;
  const all = [
    {key: "quiet", title: "quiet and steady", color: "good"},
    {key: "noisy", title: "noisy", color: "warn"},
    {key: "unsteady", title: "unsteady", color: "series-3"},
    {key: "unsupported", title: "unsupported", color: "none"},
    {key: "failed", title: "failed", color: "bad"},
  ];

  /* Rows of what was never measured are in no filter: they are shown whatever it says. */
  const isShown = row =>
    filters.keys.every(key => !filters.valuesOf(key).includes(row[key]) || filters.has(key, row[key]));

  /* Counts by model and precision. */
  function groups() {
    const sums = new Map();
    for (const row of report.trust.filter(isShown)) {
      const label = `${report.of(row.folder_name)}${row.model} ${row.kv_precision}`;
      const sum = sums.get(label) ?? {label};
      sums.set(label, sum);
      for (const {key} of all) sum[key] = (sum[key] ?? 0) + row[key];
    }
    return [...sums.values()].slice(0, most);
  }

  function option(counted) {
    const shown = all.filter(outcome => counted.some(group => group[outcome.key] > 0));
    const frame = frames.frame(`Rows by outcome for ${plural(counted.length, "configuration")}.`);
    return {
      ...frame,
      grid: {left: 152, right: 16, top: 36, bottom: 28},
      legend: {top: 0, left: 0, textStyle: {color: theme.color("ink")}, itemGap: 20, icon: "roundRect", selectedMode: false},
      xAxis: {type: "value", minInterval: 1, ...axes.look()},
      yAxis: {type: "category", inverse: true, data: counted.map(group => group.label), ...axes.look(),
        axisLabel: {...axes.look().axisLabel, width: 138, overflow: "truncate"}},
      series: shown.map(outcome => ({
        type: "bar", stack: "rows", name: outcome.title, barMaxWidth: 18,
        itemStyle: {color: theme.color(outcome.color)}, data: counted.map(group => group[outcome.key])})),
      tooltip: {...frame.tooltip, formatter: ({dataIndex, seriesName, value}) =>
        frames.tip([counted[dataIndex].label], [[seriesName, plural(value, "row")]])},
    };
  }

  return {groups, option, height: counted => 78 + 26 * counted.length};
})();
