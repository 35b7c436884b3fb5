"use strict";
/* Several results side by side: each against the first, where both have the configuration and length. */
const ratios = (() => {
  const base = report.folders[0]?.name;
  const key = point => JSON.stringify([...point.configuration, point.prompt_tokens]);
  const first = new Map(report.points.filter(point => point.folder === 0).map(point => [key(point), point]));

  const over = (a, b) => format.known(a) && format.known(b) && b > 0 ? a / b : null;

  /* Whether the confidence intervals have nothing in common. */
  function apart(a, b, name) {
    const ends = [a[`${name}_low`], a[`${name}_high`], b[`${name}_low`], b[`${name}_high`]];
    return ends.every(format.known) && (ends[1] < ends[2] || ends[3] < ends[0]);
  }

  function pair(point) {
    const other = first.get(key(point));
    return {
      ...point,
      base_prefill_ns: other.prefill_ns,
      base_decode_ns: other.decode_ns,
      bytes_ratio: over(point.kv_bytes, other.kv_bytes),
      prefill_ratio: over(point.prefill_ns, other.prefill_ns),
      decode_ratio: over(point.decode_ns, other.decode_ns),
      prefill_apart: apart(point, other, "prefill_ns"),
      decode_apart: apart(point, other, "decode_ns"),
    };
  }

  const pairs = report.points.filter(point => point.folder > 0 && first.has(key(point))).map(pair);
  const shown = () => pairs.filter(filters.matches);

  /* One sentence for every other folder, of three at most. */
  function sentence() {
    const sentences = report.folders.slice(1, 4).map((folder, i) => {
      const own = pairs.filter(row => row.folder === i + 1);
      if (own.length === 0) return `${folder.name} has no measured configuration in common with ${base}.`;
      const middle = name => format.ratio(format.median(own.map(row => row[name])));
      return `${folder.name} takes ${middle("decode_ratio")} the decode time and ${middle("prefill_ratio")} the prefill time of `
        + `${base}, medians over ${plural(own.length, "shared point")}.`;
    });
    return sentences.join(" ");
  }

  const kind = name => ({
    id: `${name}-ratio`, title: `${capitalised(name)}, of the time in ${base}`,
    value: `${name}_ratio`, read: format.ratio, ladders: axes.powersOfTwo,
    more: point => [[base, format.nanos(point[`base_${name}_ns`])], [point.folder_name, format.nanos(point[`${name}_ns`])],
      ["intervals", point[`${name}_apart`] ? "apart" : "overlap, or unknown"]],
  });

  const sections = pairs.length === 0 ? [] : [{
    title: `Against ${base}`,
    about: `Times over those of ${base}, where both have the configuration and length; below 1 is less time.`,
    lines: [kind("prefill"), kind("decode")],
    points: shown,
  }];

  const mark = name => row => row[`${name}_apart`] ? (row[`${name}_ratio`] < 1 ? "better" : "worse") : "";

  function build(section) {
    if (!report.severalFolders) return;
    section.hidden = false;
    section.append(element("h2", {}, "Side by side"),
      element("p", {class: "about"}, `Against ${base}; below 1 is less time. Coloured where the confidence intervals are apart; `
        + "they are of the noise within a run, so the same sweep twice in one place tells how much runs differ by themselves."));
    if (pairs.length === 0) {
      section.append(element("p", {class: "notice"}, "No configuration and length is in both."));
      return;
    }
    const table = tables.sortable(`Ratios of ${plural(pairs.length, "point")} that both have`, [
      ...tables.folders,
      ...tables.configuration,
      {key: "bytes_ratio", title: "KV ratio", read: format.ratio},
      {key: "base_prefill_ns", title: `prefill ${base}`, read: format.nanos},
      {key: "prefill_ns", title: "prefill", read: format.nanos},
      {key: "prefill_ratio", title: "ratio", read: format.ratio, mark: mark("prefill")},
      {key: "base_decode_ns", title: `decode ${base}`, read: format.nanos},
      {key: "decode_ns", title: "decode", read: format.nanos},
      {key: "decode_ratio", title: "ratio", read: format.ratio, mark: mark("decode")},
    ]);
    section.append(...table.parts);
    const show = () => table.show(shown());
    filters.onChange(show);
    show();
  }

  return {sentence, sections, build};
})();
