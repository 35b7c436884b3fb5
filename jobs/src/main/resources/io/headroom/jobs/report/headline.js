"use strict";
/* The answer first: what fewer KV heads keep of the bytes and of the time. */
const headline = (() => {
  const mostCards = 6;

  const distinct = values => [...new Set(values)];
  const shares = (all, key) => format.range(all.map(comparison => comparison[key]), format.percent);

  /* The median, and under it the ends. */
  function share(all, key) {
    const median = format.percent(format.median(all.map(comparison => comparison[key])));
    const range = shares(all, key);
    return range === median ? [median] : [median, element("span", {}, range)];
  }

  /* Of each model of a folder those of its fewest KV heads. */
  const fewest = all => grouped(all, modelOf).flatMap(ofModel => {
    const heads = Math.min(...ofModel.map(comparison => comparison.kv_heads));
    return ofModel.filter(comparison => comparison.kv_heads === heads);
  });

  const modelOf = comparison => JSON.stringify([comparison.folder, comparison.model]);

  const at = all => distinct(all.map(comparisons.at)).length === 1 ? comparisons.at(all[0]) : "at its longest prompt";

  function sentence(all) {
    const models = distinct(all.map(comparison => comparison.model));
    const variants = distinct(all.map(comparison => comparison.variant));
    const most = distinct(all.map(comparison => comparison.compared_variant));
    const subject = models.length === 1 ? `${models[0]} with ${plural(all[0].kv_heads, "KV head")} keeps`
      : variants.length === 1 ? `${variants[0]} keeps` : "The fewest KV heads keep";
    const bytes = `${subject} ${shares(all, "kv_bytes_share")} of the KV bytes of ${most.length === 1 ? most[0] : "the most"}`;
    const timed = all.filter(comparison => comparison.decode_share !== null);
    return timed.length === 0 ? `${bytes}; its times are noisy.`
      : `${bytes}, and decode takes ${shares(timed, "decode_share")} of its time ${at(timed)}.`;
  }

  /* Of one model: a line for each number of KV heads, over its precisions. */
  function card(all) {
    const [first] = all;
    const figures = ["kv_bytes_share", "prefill_share", "decode_share"];
    const over = [distinct(all.map(comparison => comparison.kv_precision)).join(", "), ...report.conditionsOf(first)];
    return element("div", {class: "card"},
      element("h3", {}, `${report.of(first.folder_name)}${first.model}`),
      element("table", {},
        element("thead", {}, element("tr", {}, element("td"),
          ["KV bytes", "prefill", "decode"].map(title => element("th", {scope: "col"}, title)))),
        element("tbody", {}, grouped(all, comparison => comparison.kv_heads).map(layout => element("tr", {},
          element("th", {scope: "row"}, layout[0].variant, element("span", {}, plural(layout[0].kv_heads, "KV head"))),
          figures.map(figure => element("td", {}, ...share(layout, figure))))))),
      element("p", {}, `of ${first.compared_variant} ${at(all)}, medians over ${over.join("; ")}`));
  }

  /* Where no two head layouts were measured: the longest of the first configuration. */
  function plain() {
    if (report.points.length === 0) return "No configuration could be measured.";
    const first = report.points.filter(point => point.series === report.points[0].series);
    const longest = first[first.length - 1];
    return `${longest.model} as ${longest.variant} with ${plural(longest.kv_heads, "KV head")} in ${longest.kv_precision} `
      + `holds ${format.bytes(longest.kv_bytes)} of KV at ${report.tokens(longest.prompt_tokens)} `
      + `tokens, and decodes a token of a layer in ${format.nanos(longest.decode_ns)}.`;
  }

  function build(section) {
    const {all, usual} = comparisons;
    const lead = report.severalFolders ? ratios.sentence() : all.length > 0 ? sentence(fewest(usual)) : plain();
    section.append(element("h1", {}, lead), caveats.brief());
    if (all.length === 0) return;
    if (all.some(comparison => comparison.noisy > 0 || !comparisons.isTimed(comparison))) {
      section.append(element("p", {class: "about"}, "Times of noisy rows are left out of these comparisons."));
    }
    section.append(
      element("div", {class: "cards"}, grouped(usual, modelOf).slice(0, mostCards).map(card)),
      element("details", {},
        element("summary", {}, `All ${plural(all.length, "comparison")} of KV heads`),
        element("ul", {}, all.map(comparison => element("li", {}, comparisons.sentence(comparison))))));
  }

  return {build};
})();
