"use strict";
/* What the page shows, as objects. */
const report = (() => {
  const raw = JSON.parse(document.getElementById("report-data").textContent);

  function objects(table) {
    return table.rows.map(row =>
      Object.fromEntries(table.columns.map((column, i) => [column, row[i]])));
  }

  const points = objects(raw.points);

  /* Variants that some model has with several numbers of KV heads. */
  const manyHeads = new Set(grouped(points, point => JSON.stringify([point.model, point.variant]))
    .filter(group => new Set(group.map(point => point.kv_heads)).size > 1)
    .map(([point]) => point.variant));

  /* What a configuration has beside heads and precision, in words: of several columns the first tells whether
     there is any. Of a number the least is usual. */
  const besides = raw.conditions.map(({columns, title, before, noun, usual}) => ({
    key: columns.join("+"),
    title,
    valueOf: row => columns.length === 1 ? row[columns[0]]
      : row[columns[0]] === 0 ? "none" : columns.map(column => row[column]).join("+"),
    ...(usual ? {} : {read: format.count}),
    usual: values => usual ?? Math.min(...values),
    say: value => noun ? plural(value, noun) : `${before}${value}`,
  }));

  /* What filters, tables and charts ask of a row of any table. */
  function describe(row) {
    row.folder_name = raw.folders[row.folder].name;
    row.layout = manyHeads.has(row.variant) ? `${row.variant} ${row.kv_heads}` : row.variant;
    for (const {key, valueOf} of besides) row[key] = valueOf(row);
    return row;
  }

  for (const point of points) {
    describe(point);
    point.share_of_mha = point.kv_bytes_mha > 0 ? point.kv_bytes / point.kv_bytes_mha : null;
    point.configuration = raw.configuration.map(column => point[column]);
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

  const conditions = besides.map(condition => {
    const values = valuesOf(condition.key);
    const usual = condition.usual(values);
    return {...condition, varies: values.length > 1, usual: values.includes(usual) ? usual : values[0]};
  });
  for (const point of points) {
    point.usual = conditions.every(({key, usual}) => point[key] === usual);
  }

  const binned = raw.lengths !== "EXACT";
  const severalFolders = raw.folders.length > 1;

  return {
    valuesOf,
    conditions,
    binned,
    folders: raw.folders,
    points,
    trust: objects(raw.trust).map(describe),
    reasons: objects(raw.reasons).map(describe),
    plans: Object.fromEntries(Object.entries(raw.plans).map(([name, table]) =>
      [name, name === "folders" ? table : objects(table)])),
    variantsSuffice: manyHeads.size === 0,
    /* What tells a point from others with the same heads and precision. */
    conditionsOf: point => conditions.filter(({varies}) => varies).map(({key, say}) => say(point[key])),
    severalFolders,
    /* Before what is said of one of several folders. */
    of: name => severalFolders ? `${name}: ` : "",
    /* A length of prompts. */
    tokens: count => `${binned ? "about " : ""}${format.count(count)}`,
  };
})();
