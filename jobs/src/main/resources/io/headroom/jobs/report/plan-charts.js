"use strict";
/* The charts of a plan, each of one model: the front, rates, times, and what head layouts cost. */
const planCharts = (() => {
  const usualGrid = {left: 66, right: 24, top: 40, bottom: 46};

  /* A colour for heads, a dash and a symbol for precision. */
  function style(plan, answer) {
    const heads = styles.nth(plan.colorOf(answer));
    const precision = styles.nth(plan.precisions.indexOf(answer.kv_precision));
    return {color: heads.color, dash: precision.dash, symbol: precision.symbol};
  }

  const legend = () => ({type: "scroll", top: 0, left: 0, textStyle: {color: theme.color("ink"), fontSize: 11},
    pageTextStyle: {color: theme.color("faint")}, itemGap: 10, itemWidth: 20, itemHeight: 10, selectedMode: false});

  const named = (name, nameGap) => ({type: "value", ...axes.look(), name, nameLocation: "middle", nameGap});

  function deployment(row) {
    return [`${row.model} as ${row.heads} in ${row.kv_precision}`, `${row.accelerator}, ${row.ranks}, ${row.pools} ${row.pools === "1" ? "replica" : "replicas"}, weights ${row.weights}`];
  }

  const band = row => format.known(row.accelerators_most)
    ? `${format.count(row.accelerators_least)} – ${format.count(row.accelerators_most)}`
    : `${format.count(row.accelerators_least)} – no number is surely enough`;

  const bought = row => [["accelerators", format.count(row.accelerators)], ["with the error in time", band(row)],
    ["USD an hour", plans.usd(row.usd_per_hour)]];

  /* Lines over x, one an answer; rows have .answer. */
  function overX(plan, model, rows, {x, y, xAxis, yRead, ladders, levels, size, title, told}) {
    const shown = rows.filter(row => row.answer.model === model && format.known(y(row)) && y(row) > 0);
    const scale = axes.scale([...shown.map(y), ...levels.map(([, value]) => value)], ladders, axes.mostBeside + 3);
    const frame = frames.frame(`${title} of ${model}, ${plural(grouped(shown, row => row.candidate_id).length, "line")}.`);
    return {
      ...frame,
      grid: usualGrid,
      legend: legend(),
      xAxis,
      yAxis: axes.logarithmic(scale),
      series: [
        axes.ruled("yAxis", scale.ticks, yRead),
        ...levels.map(([name, value]) => level(name, "yAxis", value)),
        ...grouped(shown, row => row.candidate_id).sort(([one], [other]) => byLayout(plan)(one.answer, other.answer)).map(line => {
          const {color, dash, symbol} = style(plan, line[0].answer);
          return {
            type: "line", name: line[0].answer.layout, symbol, symbolSize: size, showSymbol: true,
            lineStyle: {color, width: 1.75, type: dash ?? "solid"}, itemStyle: {color},
            emphasis: {focus: "series", lineStyle: {width: 3}},
            data: line.map(row => ({value: [x(row), y(row)], row})),
          };
        }),
      ],
      tooltip: {...frame.tooltip, formatter: ({data}) =>
        frames.tip(deployment(data.row.answer), [...told(data.row), ...bought(data.row.answer)])},
    };
  }

  /* A service level, or the rate that is asked for. */
  function level(name, key, value) {
    const color = theme.color("bad");
    return {
      type: "line", id: `level-${key}`, silent: true, data: [], z: 3,
      markLine: {silent: true, animation: false, symbol: "none", lineStyle: {color, type: [6, 3], width: 1.5},
        label: {color, fontSize: 11, position: key === "yAxis" ? "insideStartTop" : "insideEndTop", formatter: name},
        data: [{[key]: value}]},
    };
  }

  const requestsOf = row => row.load * row.answer.requests_per_second;

  function capacity(plan, model, {title, key, levelKey}) {
    const {asked} = plan.folder;
    const option = overX(plan, model, plan.loads, {
      title, x: requestsOf, y: row => row[key], size: 7,
      xAxis: {...named("requests a second", 26), scale: true},
      yRead: plans.millis, ladders: axes.powersOfTen,
      levels: [[`level ${plans.millis(asked[levelKey])}`, asked[levelKey]]],
      told: row => [["requests a second", format.threeDigits(requestsOf(row))], ["of what is asked", format.percent(row.load)],
        ["TTFT p99", plans.millis(row.ttft_p99_ms)], ["TPOT p99", plans.millis(row.tpot_p99_ms)],
        ["meets the levels", row.meets_levels ? "yes" : row.saturated ? "no, saturated" : "no"]],
    });
    option.series.push(level("asked", "xAxis", asked.requests_per_second));
    return option;
  }

  const times = (plan, model) => overX(plan, model, plan.times, {
    title: "KV over time", x: row => row.from_seconds, y: row => row.kv_bytes_mean, size: 3,
    xAxis: named("seconds", 26), yRead: format.bytes, ladders: axes.powersOfTwo, levels: [],
    told: row => [["from", `${format.count(row.from_seconds)}\u00a0s`], ["KV of all replicas", format.bytes(row.kv_bytes_mean)],
      ["of the pools", format.percent(row.kv_occupancy_mean)], ["running", format.threeDigits(row.running_mean)],
      ["waiting", format.threeDigits(row.waiting_mean)]],
  });

  /* Accelerators that a trace needs minute by minute: a line of steps, in hours where it is long. */
  function demand(plan, model) {
    const rows = plan.demand.filter(row => row.answer.model === model);
    const {answer} = rows[0];
    const bucket = plan.folder.demand_bucket_minutes;
    const isLong = rows[rows.length - 1].minute >= 600;
    // The cheapest by the closed form may not be among the simulated, whose heads have the colours.
    const {color} = styles.nth(Math.max(0, plan.colorOf(answer)));
    const frame = frames.frame(`Accelerators needed over time by ${model}, ${plural(rows.length, "point")}.`);
    const read = minute => bucket === 1 ? format.count(minute) : `${format.count(minute)} to ${format.count(minute + bucket - 1)}`;
    return {
      ...frame,
      grid: usualGrid,
      legend: legend(),
      xAxis: {...named(isLong ? "hours" : "minutes", 26), max: "dataMax"},
      yAxis: {...named(`${answer.accelerator} needed`, 44), min: 0, minInterval: 1},
      series: [{
        type: "line", name: `${answer.layout} on ${answer.accelerator}`, step: "end", symbol: "circle", symbolSize: 3, showSymbol: true,
        lineStyle: {color, width: 1.5}, itemStyle: {color},
        data: rows.map(row => ({value: [row.minute / (isLong ? 60 : 1), row.accelerators_needed], row})),
      }],
      tooltip: {...frame.tooltip, formatter: ({data: {row}}) => frames.tip([`${answer.model} as ${answer.heads} in ${answer.kv_precision}`, `${answer.accelerator}, ${answer.ranks}, weights ${answer.weights}`], [
        [bucket === 1 ? "minute" : "minutes", read(row.minute)], ["accelerators needed", format.count(row.accelerators_needed)],
        ["most KV at once", format.bytes(row.most_concurrent_kv_bytes)], ["requests that arrive in a minute", format.count(row.arrivals)]])},
    };
  }

  /* Cost against the time of a token; the larger a mark, the more KV is saved against MHA in 16 bits. */
  function front(plan, model) {
    const rows = plan.front.filter(row => row.model === model && row.tpot_mean_ms > 0);
    const x = axes.scale(rows.map(row => row.tpot_mean_ms), axes.powersOfTen, axes.mostBeside);
    const y = axes.scale(rows.map(row => row[plan.cost.key]), axes.powersOfTen, axes.mostBeside);
    const accelerators = [...new Set(plan.front.map(row => row.accelerator))].sort();
    const frame = frames.frame(`${plan.cost.title} against mean TPOT of ${model}, ${plural(rows.length, "deployment")}.`);
    return {
      ...frame,
      grid: {...usualGrid, left: 82},
      legend: legend(),
      xAxis: axes.logarithmic(x, "TPOT, mean", 26),
      yAxis: axes.logarithmic(y, plan.cost.title, 62),
      series: [
        axes.ruled("xAxis", x.ticks, plans.millis), axes.ruled("yAxis", y.ticks, plan.cost.read),
        ...grouped(rows, row => row.accelerator).map(those => {
          const {color, symbol} = styles.nth(accelerators.indexOf(those[0].accelerator));
          return {
            type: "scatter", name: those[0].accelerator, symbol, itemStyle: {color, opacity: 0.6},
            symbolSize: (_, {data}) => 6 + 14 * Math.max(0, data.row.kv_saving) ** 4,
            data: those.map(row => ({value: [row.tpot_mean_ms, row[plan.cost.key]], row})),
          };
        }),
      ],
      tooltip: {...frame.tooltip, formatter: ({data: {row}}) => frames.tip(deployment(row), [
        ["TPOT, mean", plans.millis(row.tpot_mean_ms)], ["TTFT p99", plans.millis(row.ttft_p99_ms)],
        ["KV saved of MHA in 16 bits", format.percent(row.kv_saving)], ...bought(row)])},
    };
  }

  /* Bars of the cheapest of each choice of heads and cache, with the band that the stated error makes. */
  function layouts(plan, model, {key, title}) {
    const rows = layoutsOf(plan, model);
    const perAccelerator = row => key === "accelerators" ? 1 : row.accelerator_usd_per_hour;
    const told = row => `${row.meets_levels ? "" : "> "}${format.count(row.accelerators)} ${row.accelerator}`;
    const category = (texts, width) => ({type: "category", inverse: true, data: texts, ...axes.look(), splitLine: {show: false},
      axisLabel: {...axes.look().axisLabel, hideOverlap: false, interval: 0, width, overflow: "truncate"}});
    const frame = frames.frame(`${title} of ${model} by KV heads and precision, ${plural(rows.length, "bar")}.`);
    return {
      ...frame,
      grid: {left: 122, right: 116, top: 8, bottom: 46},
      xAxis: {...named(title, 26), min: 0},
      yAxis: [category(rows.map(row => row.layout), 112), {...category(rows.map(told), 100), position: "right"}],
      series: [
        {
          type: "bar", barMaxWidth: 18,
          data: rows.map(row => ({value: row[key], row,
            itemStyle: {color: style(plan, row).color, opacity: row.meets_levels ? 0.75 : 0.25}})),
        },
        {
          type: "custom", silent: true, z: 4, encode: {x: [1, 2], y: 0},
          data: rows.map((row, i) => [i, row.accelerators_least * perAccelerator(row),
            format.known(row.accelerators_most) ? row.accelerators_most * perAccelerator(row) : row[key],
            format.known(row.accelerators_most) ? 0 : 1]),
          renderItem({coordSys}, api) {
            const [left, middle] = api.coord([api.value(1), api.value(0)]);
            const isOpen = api.value(3) === 1;
            const right = isOpen ? coordSys.x + coordSys.width : api.coord([api.value(2), api.value(0)])[0];
            const stroke = (x1, y1, x2, y2) =>
              ({type: "line", shape: {x1, y1, x2, y2}, style: {stroke: theme.color("ink"), lineWidth: 1.5}});
            return {type: "group", children: [
              stroke(left, middle, right, middle), stroke(left, middle - 4, left, middle + 4),
              ...(isOpen ? [] : [stroke(right, middle - 4, right, middle + 4)])]};
          },
        },
      ],
      tooltip: {...frame.tooltip, formatter: ({data: {row}}) => frames.tip(deployment(row), [
        ...bought(row), ["by a plain roofline", format.count(row.accelerators_roofline)],
        ["meets the levels", row.meets_levels ? "yes" : "no"]])},
    };
  }

  const byLayout = plan => (a, b) =>
    plan.headsOf(a.model).indexOf(a.heads) - plan.headsOf(b.model).indexOf(b.heads)
    || plan.precisions.indexOf(a.kv_precision) - plan.precisions.indexOf(b.kv_precision);

  const layoutsOf = (plan, model) => plan.best.filter(row => row.model === model).sort(byLayout(plan));

  /* How many deployments each limit kept from serving. */
  function limits(plan) {
    const names = [...new Set(plan.limits.map(row => row.limit))];
    const count = (limit, model) => plan.limits
      .filter(row => row.limit === limit && row.model === model).reduce((sum, row) => sum + row.count, 0);
    const frame = frames.frame(`Deployments that cannot serve, by ${plural(names.length, "limit")}.`);
    return {
      ...frame,
      grid: {left: 92, right: 24, top: 40, bottom: 28},
      legend: {...legend(), icon: "roundRect"},
      xAxis: {type: "value", minInterval: 1, ...axes.look()},
      yAxis: {type: "category", inverse: true, data: names, ...axes.look()},
      series: plan.models.filter(model => plan.limits.some(row => row.model === model)).map(model => ({
        type: "bar", stack: "deployments", name: model, barMaxWidth: 18,
        itemStyle: {color: styles.nth(plan.models.indexOf(model)).color},
        data: names.map(limit => count(limit, model)),
      })),
      tooltip: {...frame.tooltip, formatter: ({name, seriesName, value}) =>
        frames.tip([name], [[seriesName, plural(value, "deployment")]])},
    };
  }

  return {
    front, times, demand, layouts, limits, capacity,
    heightOfLayouts: (plan, model) => 70 + 28 * layoutsOf(plan, model).length,
    heightOfLimits: plan => 84 + 30 * new Set(plan.limits.map(row => row.limit)).size,
  };
})();
