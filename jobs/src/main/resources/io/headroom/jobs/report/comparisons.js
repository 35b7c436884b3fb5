"use strict";
/* What fewer KV heads cost and save against the most of the same model, precision and the rest, as the data has it. */
const comparisons = (() => {
  const all = report.points.filter(point => point.compared_variant !== null);

  function sentence(comparison) {
    const {folder_name: folder, model, kv_precision: precision} = comparison;
    const described = [`${report.of(folder)}${model} ${precision}`, ...report.conditionsOf(comparison)];
    return `${described.join(", ")}: ${comparison.variant} with ${plural(comparison.kv_heads, "KV head")} keeps `
      + `${format.percent(comparison.kv_bytes_share)} of the bytes of ${comparison.compared_variant}`
      + (isTimed(comparison)
        ? `, prefill takes ${format.percent(comparison.prefill_share)} and decode `
          + `${format.percent(comparison.decode_share)} of its time ${at(comparison)}`
        : `; times ${at(comparison)} are noisy`);
  }

  /* Times are of rows that are not noisy, and not there where all are. */
  const isTimed = comparison => comparison.prefill_share !== null || comparison.decode_share !== null;

  const at = ({prompt_tokens: tokens}) => `at ${report.tokens(tokens)} tokens`;

  /* As a model is usually served, or all where nothing was measured so. */
  const usual = all.some(comparison => comparison.usual) ? all.filter(comparison => comparison.usual) : all;

  return {all, usual, sentence, isTimed, at};
})();
