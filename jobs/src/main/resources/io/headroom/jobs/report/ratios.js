"use strict";
/* Several results side by side: each against the first, where both have the configuration and length. */
const ratios = (() => {
  const key = point => JSON.stringify([...point.configuration, point.prompt_tokens]);
  const first = new Map(report.points.filter(point => point.folder === 0).map(point => [key(point), point]));

  const over = (a, b) => format.known(a) && format.known(b) && b > 0 ? a / b : null;

  /* Whether the confidence intervals have nothing in common. */
  function apart(a, b, name) {
    const ends = [a[`${name}_low`], a[`${name}_high`], b[`${name}_low`], b[`${name}_high`]];
    return ends.every(format.known) && (ends[1] < ends[2] || ends[3] < ends[0]);
  }

  function pair(point) {
    const base = first.get(key(point));
    return {
      ...point,
      base_prefill_ns: base.prefill_ns,
      base_decode_ns: base.decode_ns,
      bytes_ratio: over(point.kv_bytes, base.kv_bytes),
      prefill_ratio: over(point.prefill_ns, base.prefill_ns),
      decode_ratio: over(point.decode_ns, base.decode_ns),
      prefill_apart: apart(point, base, "prefill_ns"),
      decode_apart: apart(point, base, "decode_ns"),
    };
  }

  const pairs = report.points.filter(point => point.folder > 0 && first.has(key(point))).map(pair);

  /* One sentence for every other folder. */
  function sentence() {
    const lines = report.folders.slice(1).map((folder, i) => {
      const own = pairs.filter(row => row.folder === i + 1);
      if (own.length === 0) return `${folder.name} has no configuration in common with ${report.folders[0].name}.`;
      const middle = name => format.ratio(format.median(own.map(row => row[name])));
      return `${folder.name} takes ${middle("decode_ratio")} the decode time and ${middle("prefill_ratio")} the prefill time of `
        + `${report.folders[0].name}, medians over ${plural(own.length, "shared point")}.`;
    });
    return lines.length > 0 ? lines.slice(0, 3).join(" ") : null;
  }

  const mark = (ratio, isApart) => row =>
    row[isApart] ? (row[ratio] < 1 ? "better" : "worse") : "";

  function build(section) {
    if (!report.severalFolders) return;
    const base = report.folders[0].name;
    section.hidden = false;
    section.append(element("h2", {}, "Side by side"),
      element("p", {class: "about"}, `Against ${base}; below 1 is less time. Coloured where the confidence intervals are apart.`));
    if (pairs.length === 0) {
      section.append(element("p", {class: "notice"}, "No configuration and length is in both."));
      return;
    }
    const table = tables.sortable(`Ratios of ${plural(pairs.length, "point")} that both have`, [
      {key: "folder_name", title: "results"},
      ...tables.configuration(),
      {key: "bytes_ratio", title: "KV ratio", read: format.ratio},
      {key: "base_prefill_ns", title: `prefill ${base}`, read: format.nanos},
      {key: "prefill_ns", title: "prefill", read: format.nanos},
      {key: "prefill_ratio", title: "ratio", read: format.ratio, mark: mark("prefill_ratio", "prefill_apart")},
      {key: "base_decode_ns", title: `decode ${base}`, read: format.nanos},
      {key: "decode_ns", title: "decode", read: format.nanos},
      {key: "decode_ratio", title: "ratio", read: format.ratio, mark: mark("decode_ratio", "decode_apart")},
    ]);
    section.append(...table.parts);
    const show = () => table.show(pairs.filter(filters.matches));
    filters.onChange(show);
    show();
  }

  return {sentence, build};
})();
