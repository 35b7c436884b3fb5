"use strict";
/* The charts: a section a question, in it a panel a model, drawn when they come into sight. */
const charts = (() => {
  const mostPanels = 6;
  const mostSeries = 60;
  const wait = "240px";

  const sections = [
    {
      title: "Bytes of the KV cache",
      about: report.binned
        ? "Of the whole model at the final length: means over the sequences of about that length."
        : "Of the whole model at the final length, exact.",
      lines: [{id: "kv-bytes", title: "KV cache", value: "kv_bytes", read: format.bytes, bases: axes.powersOfTwo}],
    },
    {
      title: "Time",
      about: "Medians of the measured layers; whiskers are 95 % confidence intervals of the median.",
      lines: [
        {id: "prefill", title: "Prefill of the prompt", value: "prefill_ns", low: "prefill_ns_low",
          high: "prefill_ns_high", read: format.nanos, bases: axes.powersOfTen},
        {id: "decode", title: "Decode of one token", value: "decode_ns", low: "decode_ns_low",
          high: "decode_ns_high", read: format.nanos, bases: axes.powersOfTen},
      ],
    },
    {
      title: "Against the host's own limits",
      about: "Prefill against the peak of multiply-adds, decode against a streaming read of memory. What fits in a processor's caches can be read faster than memory.",
      lines: [
        {id: "peak", title: "Prefill, share of peak", value: "fraction_of_peak", read: format.percent},
        {id: "stream", title: "Decode, share of stream", value: "fraction_of_stream", read: format.percent},
      ],
    },
    {
      title: "Predicted against measured",
      about: "Time of a sequence, prefill and all output tokens. On the line the prediction was right.",
      scatter: {id: "prediction", title: "Predicted and measured time"},
    },
    {
      title: "How far the rows can be trusted",
      about: "Noisy: the host's speed moved by more than a tenth around the measurement. Unsteady: times had not settled.",
      bars: {id: "trust", title: "Rows by outcome"},
    },
  ];

  const drawn = new Map();
  let observer = null;

  function frame(description) {
    return {
      animation: false,
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily},
      aria: {enabled: true, label: {description}},
      grid: {left: 8, right: 30, top: 16, bottom: 30, containLabel: true},
      tooltip: {
        trigger: "item", confine: true, backgroundColor: theme.color("card"),
        borderColor: theme.color("line"), textStyle: {color: theme.color("ink")},
      },
    };
  }

  /* --- tooltips: elements, so that names stay text --- */

  function tip(point, lines) {
    const about = [point.variant, plural(point.kv_heads, "KV head"), point.kv_precision];
    if (filters.varies("window_text")) about.push(`window ${point.window_text}`);
    if (filters.varies("kv_cache")) about.push(`cache ${point.kv_cache}`);
    if (filters.varies("engine")) about.push(point.engine);
    if (filters.varies("threads")) about.push(plural(point.threads, "thread"));
    if (filters.varies("contention")) about.push(`contention ${point.contention}`);
    const title = [report.severalFolders ? `${point.folder_name}: ` : "", point.model].join("");
    return element("div", {class: "tip"},
      element("strong", {}, title), element("strong", {}, about.join(", ")),
      [["prompt tokens", `${report.binned ? "about " : ""}${format.count(point.prompt_tokens)}`], ...lines,
        ["rows", format.count(point.rows)],
        ...(point.noisy ? [["noisy rows", format.count(point.noisy)]] : []),
        ...(point.unsteady ? [["unsteady rows", format.count(point.unsteady)]] : []),
      ].flatMap(([name, value]) => [element("span", {}, name), element("span", {}, value)]));
  }

  function tipOf(kind, point) {
    const lines = [[kind.title, kind.read(point[kind.value])]];
    if (kind.low && format.known(point[kind.low])) {
      lines.push(["95 % interval", `${kind.read(point[kind.low])} – ${kind.read(point[kind.high])}`]);
    }
    if (kind.id === "kv-bytes") lines.push(["of MHA", format.percent(point.share_of_mha)]);
    return tip(point, lines);
  }

  /* --- lines over length --- */

  function seriesOf(points) {
    const series = new Map();
    for (const point of points) {
      if (!series.has(point.series)) series.set(point.series, []);
      series.get(point.series).push(point);
    }
    return [...series.values()];
  }

  function line(kind, points, x) {
    const style = styles.of(points[0]);
    return {
      type: "line", id: points[0].series, symbol: style.symbol, symbolSize: 7, showSymbol: true,
      lineStyle: {color: style.color, width: 1.75, type: style.dash ?? "solid"},
      itemStyle: {color: style.color},
      emphasis: {focus: "series", lineStyle: {width: 3}},
      data: points.filter(point => format.known(point[kind.value]))
        .map(point => ({value: [point[x], point[kind.value]], point})),
    };
  }

  function whiskers(kind, points, x) {
    const {color} = styles.of(points[0]);
    return {
      type: "custom", silent: true, z: 1, encode: {x: 0, y: [1, 2]},
      data: points.filter(point => format.known(point[kind.low]) && format.known(point[kind.high]))
        .map(point => [point[x], point[kind.low], point[kind.high]]),
      renderItem(_, api) {
        const [center, low] = api.coord([api.value(0), api.value(1)]);
        const [, high] = api.coord([api.value(0), api.value(2)]);
        const stroke = (x1, y1, x2, y2) =>
          ({type: "line", shape: {x1, y1, x2, y2}, style: {stroke: color, lineWidth: 1.5, opacity: 0.7}});
        return {type: "group", children: [
          stroke(center, low, center, high), stroke(center - 3, low, center + 3, low),
          stroke(center - 3, high, center + 3, high)]};
      },
    };
  }

  function lineOption(kind, model, all) {
    const points = all.filter(point => point.model === model);
    const series = seriesOf(points).slice(0, mostSeries);
    const x = axes.isOneLength(all) ? "kv_precision" : "prompt_tokens";
    return {
      ...frame(`${kind.title} of ${model} by ${x.replace("_", " ")}, ${plural(series.length, "line")}. The table of results has every figure.`),
      xAxis: axes.isOneLength(all) ? axes.ofPrecisions(all) : axes.ofLengths(all),
      yAxis: axes.ofValues(kind, all),
      series: [
        ...series.map(one => line(kind, one, x)),
        ...(kind.low ? series.map(one => whiskers(kind, one, x)) : []),
      ],
      tooltip: {...frame("").tooltip, formatter: ({data}) => tipOf(kind, data.point)},
    };
  }

  /* --- predicted against measured --- */

  function scatterOption(model, all) {
    const told = all.filter(point => point.predicted_ns > 0 && point.measured_ns > 0);
    const points = told.filter(point => point.model === model);
    const range = axes.bounds(told.flatMap(point => [point.predicted_ns, point.measured_ns]), axes.powersOfTen);
    const axis = name => ({type: "log", ...range, name, nameLocation: "middle", ...axes.look(),
      axisLabel: {...axes.look().axisLabel, formatter: format.nanos}});
    return {
      ...frame(`Predicted against measured time of ${model}, ${plural(points.length, "point")}.`),
      grid: {left: 24, right: 20, top: 16, bottom: 30, containLabel: true},
      xAxis: {...axis("measured"), nameGap: 26},
      yAxis: {...axis("predicted"), nameGap: 52},
      series: [
        {type: "line", silent: true, symbol: "none", data: [[range.min, range.min], [range.max, range.max]],
          lineStyle: {color: theme.color("none"), type: [4, 4], width: 1}},
        {type: "scatter", symbolSize: 9, data: points.map(point => {
          const {color, symbol} = styles.of(point);
          return {value: [point.measured_ns, point.predicted_ns], point, symbol,
            itemStyle: {color, opacity: 0.85}};
        })},
      ],
      tooltip: {...frame("").tooltip, formatter: ({data}) => tip(data.point, [
        ["measured", format.nanos(data.point.measured_ns)],
        ["predicted", format.nanos(data.point.predicted_ns)],
        ["predicted / measured", format.ratio(data.point.predicted_ns / data.point.measured_ns)]])},
    };
  }

  /* --- trust --- */

  const outcomes = [
    {key: "quiet", title: "quiet and steady", color: "good"},
    {key: "noisy", title: "noisy", color: "warn"},
    {key: "unsteady", title: "unsteady", color: "series-3"},
    {key: "unsupported", title: "unsupported", color: "none"},
    {key: "failed", title: "failed", color: "bad"},
  ];

  function trusted() {
    const groups = new Map();
    for (const row of report.trust) {
      const name = report.folders[row.folder].name;
      const shown = filters.has("folder_name", name) || !report.severalFolders;
      const inFilter = ["model", "variant", "kv_precision"]
        .every(key => !filters.valuesOf(key).includes(row[key]) || filters.has(key, row[key]));
      if (!shown || !inFilter) continue;
      const label = `${report.severalFolders ? `${name}: ` : ""}${row.model} ${row.kv_precision}`;
      const sums = groups.get(label) ?? {label};
      groups.set(label, sums);
      for (const {key} of outcomes) sums[key] = (sums[key] ?? 0) + row[key];
    }
    return [...groups.values()].slice(0, 40);
  }

  function barOption(groups) {
    const shown = outcomes.filter(outcome => groups.some(group => group[outcome.key] > 0));
    return {
      ...frame(`Rows by outcome for ${plural(groups.length, "configuration")}.`),
      grid: {left: 8, right: 16, top: 36, bottom: 8, containLabel: true},
      legend: {top: 0, left: 0, textStyle: {color: theme.color("ink")}, itemGap: 20, icon: "roundRect", selectedMode: false},
      xAxis: {type: "value", minInterval: 1, ...axes.look()},
      yAxis: {type: "category", inverse: true, data: groups.map(group => group.label), ...axes.look(),
        axisLabel: {...axes.look().axisLabel, width: 130, overflow: "truncate"}},
      series: shown.map(outcome => ({
        type: "bar", stack: "rows", name: outcome.title, barMaxWidth: 18,
        itemStyle: {color: theme.color(outcome.color)}, data: groups.map(group => group[outcome.key])})),
      tooltip: {...frame("").tooltip, formatter: ({dataIndex, seriesName, value}) => element("div", {class: "tip"},
        element("strong", {}, groups[dataIndex].label),
        element("span", {}, seriesName), element("span", {}, plural(value, "row")))},
    };
  }

  /* --- panels --- */

  function panel(id, title, rest, option, height) {
    const chart = element("div", {class: "chart", "data-chart": id, role: "img",
      ...(height ? {style: `height:${height}px`} : {})});
    drawn.set(chart, {option});
    return element("figure", {}, element("figcaption", {}, element("h3", {}, title, element("span", {}, rest))), chart);
  }

  function draw(chart) {
    const entry = drawn.get(chart);
    if (!entry || entry.instance) return;
    // On paper a chart has no height of its own before it is drawn.
    const size = chart.clientHeight > 0 ? {} : {width: chart.clientWidth || 600, height: 260};
    entry.instance = echarts.init(chart, null, {renderer: "svg", ...size});
    entry.instance.setOption(entry.option());
  }

  function panels(section, points, models) {
    if (section.bars) {
      const groups = trusted();
      return [panel(section.bars.id, section.bars.title, "", () => barOption(groups), 70 + 26 * groups.length)];
    }
    if (section.scatter) {
      return models.map(model => panel(section.scatter.id, model, "", () => scatterOption(model, points)));
    }
    return models.flatMap(model => section.lines.map(kind =>
      panel(kind.id, model, `  ${kind.title}`, () => lineOption(kind, model, points))));
  }

  function clear() {
    observer?.disconnect();
    for (const {instance} of drawn.values()) instance?.dispose();
    drawn.clear();
  }

  function render() {
    const home = document.getElementById("charts");
    const points = filters.points();
    const models = [...new Set(points.map(point => point.model))];
    const shown = models.slice(0, mostPanels);
    const crowded = shown.some(model =>
      seriesOf(points.filter(point => point.model === model)).length > mostSeries);
    clear();
    home.style.minHeight = `${home.offsetHeight}px`;
    home.replaceChildren(...sections.map(section => element("section", {},
      element("h2", {}, section.title),
      element("p", {class: "about"}, section.about),
      element("div", {class: "panels"}, panels(section, points, shown)))));
    home.style.minHeight = "";
    observer = new IntersectionObserver(entries =>
      entries.filter(entry => entry.isIntersecting).forEach(entry => draw(entry.target)), {rootMargin: wait});
    for (const chart of drawn.keys()) observer.observe(chart);

    const notes = [];
    if (models.length > mostPanels) notes.push(`charts show the first ${mostPanels} of ${models.length} models`);
    if (crowded) notes.push(`and at most ${mostSeries} lines each`);
    document.getElementById("selection").textContent =
      `${plural(points.length, "point")} of ${format.count(report.points.length)}`
      + `${notes.length ? `; ${notes.join(" ")}; filter to see the others` : ""}`
      + `${report.binned ? "; lengths go together by half octaves" : ""}.`;
  }

  function resize() {
    for (const {instance} of drawn.values()) instance?.resize();
  }

  /* Every chart, at whatever width its column has on paper. */
  function drawForPrint() {
    for (const [chart, entry] of drawn) {
      draw(chart);
      chart.querySelector("svg")
        ?.setAttribute("viewBox", `0 0 ${entry.instance.getWidth()} ${entry.instance.getHeight()}`);
    }
  }

  function start() {
    render();
    filters.onChange(render);
    theme.onChange(render);
    addEventListener("resize", resize);
    addEventListener("beforeprint", drawForPrint);
  }

  return {start};
})();
