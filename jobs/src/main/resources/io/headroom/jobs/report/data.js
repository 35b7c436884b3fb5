"use strict";
/* What the page shows, as objects. */
const report = (() => {
  const raw = JSON.parse(document.getElementById("report-data").textContent);

  function objects(table) {
    return table.rows.map(row =>
      Object.fromEntries(table.columns.map((column, i) => [column, row[i]])));
  }

  const points = objects(raw.points);

  /* Whether a variant tells the KV heads of every model. */
  const headsOfVariant = new Map();
  for (const point of points) {
    const key = JSON.stringify([point.model, point.variant]);
    const heads = headsOfVariant.get(key) ?? new Set();
    headsOfVariant.set(key, heads.add(point.kv_heads));
  }
  const variantsSuffice = [...headsOfVariant.values()].every(heads => heads.size === 1);

  for (const point of points) {
    point.folder_name = raw.folders[point.folder].name;
    point.window_text = point.window === 0 ? "none" : `${point.window}+${point.sinks}`;
    point.layout = variantsSuffice ? point.variant : `${point.variant} ${point.kv_heads}`;
    point.share_of_mha = point.kv_bytes_mha > 0 ? point.kv_bytes / point.kv_bytes_mha : null;
    point.configuration = [
      "model", "variant", "kv_heads", "kv_precision", "window_text",
      "kv_cache", "engine", "threads", "contention"].map(key => point[key]);
    point.series = JSON.stringify([point.folder, ...point.configuration]);
  }

  /* Values as people order them: most KV heads first, most bytes first. */
  const order = new Map([
    ["variant", ["MHA", "GQA", "MLA", "MQA"]],
    ["kv_precision", ["f32", "f16", "bf16", "int8", "int4"]],
  ]);

  function valuesOf(key) {
    const values = [...new Set(points.map(point => point[key]))];
    const known = order.get(key === "layout" ? "variant" : key);
    if (!known) return values;
    const place = value => (known.indexOf(String(value).split(" ")[0]) + known.length + 1) % (known.length + 1);
    return values.sort((a, b) => place(a) - place(b));
  }

  return {
    valuesOf,
    binned: raw.lengths !== "EXACT",
    folders: raw.folders,
    points,
    trust: objects(raw.trust),
    reasons: objects(raw.reasons),
    variantsSuffice,
    severalFolders: raw.folders.length > 1,
  };
})();
