"use strict";
/* The charts: a section a question, in it a panel a model, drawn when they come into sight. */
const charts = (() => {
  const {mostPanels} = sheets;

  const ofTime = [
    {id: "prefill", title: "Prefill of the prompt", value: "prefill_ns", low: "prefill_ns_low",
      high: "prefill_ns_high", read: format.nanos, ladders: axes.powersOfTen},
    {id: "decode", title: "Decode of one token", value: "decode_ns", low: "decode_ns_low",
      high: "decode_ns_high", read: format.nanos, ladders: axes.powersOfTen},
  ];

  const sections = [
    ...ratios.sections,
    {
      title: "Bytes of the KV cache",
      about: report.binned
        ? "Of the whole model at the final length: means over the sequences of about that length."
        : "Of the whole model at the final length, exact.",
      lines: [{id: "kv-bytes", title: "KV cache", value: "kv_bytes", read: format.bytes, ladders: axes.powersOfTwo,
        more: point => [["of MHA", format.percent(point.share_of_mha)]]}],
    },
    {
      title: "Time",
      about: "Medians of the measured layers; whiskers are 95 % confidence intervals of the median"
        + (report.points.some(point => point.rows > 1)
          ? ", and where several sequences make a point, the medians of the ends of theirs." : "."),
      lines: ofTime,
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
      isScatter: true,
    },
    {
      title: "How far the rows can be trusted",
      about: "Noisy: the host's speed moved by more than a tenth around the measurement. Unsteady: times had not settled.",
      isOfOutcomes: true,
    },
  ];

  const {panel, clear, show} = sheets.sheet();

  function panels(section, points, models) {
    if (section.isOfOutcomes) {
      const groups = outcomes.groups();
      return [panel("trust", "Rows by outcome", "", () => outcomes.option(groups), outcomes.height(groups))];
    }
    if (section.isScatter) {
      return models.map(model => panel("prediction", model, "", () => scatter.option(model, points)));
    }
    const own = section.points?.() ?? points;
    return models.filter(model => own.some(point => point.model === model)).flatMap(model =>
      section.lines.map(kind => panel(kind.id, model, `  ${kind.title}`, () => lines.option(kind, model, own))));
  }

  function render() {
    const home = document.getElementById("charts");
    const points = filters.points();
    const models = [...new Set(points.map(point => point.model))];
    const shown = models.slice(0, mostPanels);
    clear();
    show(home, sections.map(section => element("section", {},
      element("h2", {}, section.title),
      element("p", {class: "about"}, section.about),
      element("div", {class: "panels"}, panels(section, points, shown)))));
    tellSelection(points, models, shown);
  }

  function tellSelection(points, models, shown) {
    const notes = [];
    if (models.length > mostPanels) notes.push(`charts show the first ${mostPanels} of ${models.length} models`);
    if (shown.some(model => lines.areCrowded(points.filter(point => point.model === model)))) {
      notes.push(`and at most ${lines.most} lines each`);
    }
    const isUsual = point => point.usual;
    const pale = points.some(isUsual) && !points.every(isUsual);
    document.getElementById("selection").textContent =
      `${plural(points.length, "point")} of ${format.count(report.points.length)}`
      + `${notes.length ? `; ${notes.join(" ")}; filter to see the others` : ""}`
      + `${pale ? `; in full colour what has ${report.conditionsOf(points.find(isUsual)).join(", ")}, the others pale` : ""}`
      + `${report.binned ? "; lengths go together by half octaves" : ""}.`;
  }

  function start() {
    render();
    filters.onChange(render);
    theme.onChange(render);
  }

  return {start};
})();
