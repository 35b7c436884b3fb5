"use strict";
/* The answer first: what the fewest KV heads keep of the bytes and of the time. */
const headline = (() => {
  const mostCards = 6;

  /* For each model the comparisons of its fewest KV heads. */
  function byModel(folder) {
    const models = new Map();
    for (const comparison of folder.comparisons) {
      const known = models.get(comparison.model) ?? [];
      models.set(comparison.model, known);
      known.push(comparison);
    }
    return [...models].map(([model, all]) => {
      const heads = Math.min(...all.map(comparison => comparison.kv_heads));
      const fewest = all.filter(comparison => comparison.kv_heads === heads);
      return {
        model,
        heads,
        variant: fewest[0].variant,
        most: fewest[0].most_variant,
        tokens: fewest[0].prompt_tokens,
        bytes: format.range(fewest.map(comparison => comparison.bytes_share), format.percent),
        decode: format.range(fewest.map(comparison => comparison.decode_share), format.percent),
        precisions: [...new Set(fewest.map(comparison => comparison.kv_precision))],
      };
    });
  }

  const at = tokens => tokens === 0 ? "on average over the lengths" : `at ${format.count(tokens)} tokens`;

  function sentence(answer) {
    return `${answer.model} with ${plural(answer.heads, "KV head")} keeps ${answer.bytes} of the KV bytes `
      + `of ${answer.most}, and decode takes ${answer.decode} of its time ${at(answer.tokens)}.`;
  }

  function card(folder, answer) {
    const figure = (value, title) =>
      element("div", {}, element("dt", {}, title), element("dd", {}, value));
    return element("div", {class: "card"},
      element("h3", {}, `${report.severalFolders ? `${folder.name}: ` : ""}${answer.model}`),
      element("dl", {}, figure(answer.bytes, "of the KV bytes"), figure(answer.decode, "of the decode time")),
      element("p", {}, `${answer.variant}, ${plural(answer.heads, "KV head")}, against ${answer.most} `
        + `${at(answer.tokens)}; ${answer.precisions.join(", ")}`));
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
    const answers = report.folders.flatMap(folder => byModel(folder).map(answer => ({folder, answer})));
    const lead = report.severalFolders && ratios.sentence()
      || (answers.length > 0 ? sentence(answers[0].answer) : plain());
    section.append(element("h1", {}, lead));
    if (answers.length === 0) return;
    section.append(element("div", {class: "cards"},
      answers.slice(0, mostCards).map(({folder, answer}) => card(folder, answer))));
    const all = report.folders.flatMap(folder => folder.comparisons.map(comparison =>
      `${report.severalFolders ? `${folder.name}: ` : ""}${comparison.sentence}`));
    section.append(element("details", {},
      element("summary", {}, `All ${plural(all.length, "comparison")} of KV heads`),
      element("ul", {}, all.map(line => element("li", {}, line)))));
  }

  return {build};
})();
