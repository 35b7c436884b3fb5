"use strict";
/* The answer first: what fewer KV heads keep of the bytes and of the time. */
const headline = (() => {
  const mostCards = 6;

  const distinct = values => [...new Set(values)];
  const shares = (comparisons, key) => format.range(comparisons.map(comparison => comparison[key]), format.percent);

  /* The median, and under it the ends. */
  function share(comparisons, key) {
    const median = format.percent(format.median(comparisons.map(comparison => comparison[key])));
    const range = shares(comparisons, key);
    return range === median ? [median] : [median, element("span", {}, range)];
  }

  function grouped(comparisons, key) {
    const groups = new Map();
    for (const comparison of comparisons) {
      const value = key(comparison);
      if (!groups.has(value)) groups.set(value, []);
      groups.get(value).push(comparison);
    }
    return [...groups.values()];
  }

  /* Of each model the comparisons of its fewest KV heads. */
  const fewest = folder => grouped(folder.comparisons, comparison => comparison.model).flatMap(ofModel => {
    const heads = Math.min(...ofModel.map(comparison => comparison.kv_heads));
    return ofModel.filter(comparison => comparison.kv_heads === heads);
  });

  const at = tokens => tokens === 0 ? "on average over the lengths" : `at ${format.count(tokens)} tokens`;

  function sentence(folder) {
    const comparisons = fewest(folder);
    const [{model, kv_heads: heads, prompt_tokens: tokens}] = comparisons;
    const models = distinct(comparisons.map(comparison => comparison.model));
    const variants = distinct(comparisons.map(comparison => comparison.variant));
    const most = distinct(comparisons.map(comparison => comparison.most_variant));
    const subject = models.length === 1 ? `${model} with ${plural(heads, "KV head")} keeps`
      : variants.length === 1 ? `${variants[0]} keeps` : "The fewest KV heads keep";
    return `${subject} ${shares(comparisons, "bytes_share")} of the KV bytes of `
      + `${most.length === 1 ? most[0] : "the most"}, and decode takes `
      + `${shares(comparisons, "decode_share")} of its time ${at(tokens)}.`;
  }

  /* Of one model: a line for each number of KV heads, over its precisions and the rest. */
  function card(folder, comparisons) {
    const [{model, most_variant: most, prompt_tokens: tokens}] = comparisons;
    const layouts = grouped(comparisons, comparison => comparison.kv_heads);
    const figures = ["bytes_share", "prefill_share", "decode_share"];
    return element("div", {class: "card"},
      element("h3", {}, `${report.severalFolders ? `${folder.name}: ` : ""}${model}`),
      element("table", {},
        element("thead", {}, element("tr", {}, element("td"),
          ["KV bytes", "prefill", "decode"].map(title => element("th", {scope: "col"}, title)))),
        element("tbody", {}, layouts.map(layout => element("tr", {},
          element("th", {scope: "row"}, layout[0].variant, element("span", {}, plural(layout[0].kv_heads, "KV head"))),
          figures.map(figure => element("td", {}, ...share(layout, figure))))))),
      element("p", {}, `of ${most} ${at(tokens)}, medians over `
        + distinct(comparisons.map(comparison => comparison.kv_precision)).join(", ")));
  }

  /* Where no two head layouts were measured: the longest of the first configuration. */
  function plain() {
    if (report.points.length === 0) return "No configuration could be measured.";
    const first = report.points.filter(point => point.series === report.points[0].series);
    const longest = first[first.length - 1];
    return `${longest.model} as ${longest.variant} with ${plural(longest.kv_heads, "KV head")} in ${longest.kv_precision} `
      + `holds ${format.bytes(longest.kv_bytes)} of KV at ${report.binned ? "about " : ""}`
      + `${format.count(longest.prompt_tokens)} tokens, and decodes a token of a layer in ${format.nanos(longest.decode_ns)}.`;
  }

  function build(section) {
    const compared = report.folders.filter(folder => folder.comparisons.length > 0);
    const lead = report.severalFolders ? ratios.sentence() : compared.length > 0 ? sentence(compared[0]) : plain();
    section.append(element("h1", {}, lead), caveats.brief());
    if (compared.length === 0) return;
    const cards = compared.flatMap(folder =>
      grouped(folder.comparisons, comparison => comparison.model).map(comparisons => card(folder, comparisons)));
    section.append(element("div", {class: "cards"}, cards.slice(0, mostCards)));
    const all = compared.flatMap(folder => folder.comparisons.map(comparison =>
      `${report.severalFolders ? `${folder.name}: ` : ""}${comparison.sentence}`));
    section.append(element("details", {},
      element("summary", {}, `All ${plural(all.length, "comparison")} of KV heads`),
      element("ul", {}, all.map(line => element("li", {}, line)))));
  }

  return {build};
})();
