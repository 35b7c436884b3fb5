"use strict";
/* What fewer KV heads cost and save against the most of the same model, precision and the rest. */
const comparisons = (() => {
  const rest = ["folder", "model", "kv_precision", ...report.conditions.map(({key}) => key)];

  const over = (a, b) => format.known(a) && b > 0 ? a / b : null;

  function compare(point, most) {
    return {
      ...point,
      most_variant: most.variant,
      bytes_share: over(point.kv_bytes, most.kv_bytes),
      prefill_share: over(point.prefill_ns, most.prefill_ns),
      decode_share: over(point.decode_ns, most.decode_ns),
    };
  }

  /* At the longest prompt that the most KV heads were measured at. */
  function ofGroup(points) {
    const heads = Math.max(...points.map(point => point.kv_heads));
    const tokens = Math.max(...points.filter(point => point.kv_heads === heads).map(point => point.prompt_tokens));
    const longest = points.filter(point => point.prompt_tokens === tokens);
    const most = longest.find(point => point.kv_heads === heads);
    return longest.filter(point => point.kv_bytes_per_token < most.kv_bytes_per_token)
      .map(point => compare(point, most));
  }

  const all = grouped(report.points, point => JSON.stringify(rest.map(key => point[key]))).flatMap(ofGroup);

  function sentence(comparison) {
    const {folder_name: folder, model, kv_precision: precision} = comparison;
    const described = [`${report.of(folder)}${model} ${precision}`, ...report.conditionsOf(comparison)];
    return `${described.join(", ")}: ${comparison.variant} with ${plural(comparison.kv_heads, "KV head")} keeps `
      + `${format.percent(comparison.bytes_share)} of the bytes of ${comparison.most_variant}, prefill takes `
      + `${format.percent(comparison.prefill_share)} and decode ${format.percent(comparison.decode_share)} of its time `
      + `${at(comparison)}`;
  }

  const at = ({prompt_tokens: tokens}) => `at ${report.tokens(tokens)} tokens`;

  /* As a model is usually served, or all where nothing was measured so. */
  const usual = all.some(comparison => comparison.usual) ? all.filter(comparison => comparison.usual) : all;

  return {all, usual, sentence, at};
})();
