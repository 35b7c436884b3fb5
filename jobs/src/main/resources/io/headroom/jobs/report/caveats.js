"use strict";
/* What to know before believing a number. */
const caveats = (() => {
  const sum = (folder, key) =>
    report.trust.filter(row => row.folder === folder).reduce((total, row) => total + row[key], 0);

  function notes(folder, i) {
    const name = report.of(folder.name);
    const count = key => sum(i, key);
    const rows = format.count(folder.rows);
    const lines = [];
    const add = (number, text) => number > 0 && lines.push(`${name}${format.count(number)} of ${rows} rows ${text}`);
    if (folder.manifest.state !== "done") {
      lines.push(`${name}the sweep did not come to its end (state ${format.text(folder.manifest.state)}): rows are missing.`);
    }
    add(count("failed"), "failed; they are in no chart of times.");
    add(count("unsupported"), "are unsupported; they are in no chart of times.");
    add(count("assumed"), "are of models whose configurations were not read to the end (--assume-plain).");
    add(count("noisy"), "are noisy: the host's speed moved by more than a tenth around them; no comparison is of their times.");
    add(count("unsteady_rows"), "are not steady: their times had not settled.");
    add(count("no_interval"), "have fewer than 6 samples of decode: no confidence interval.");
    add(count("no_p90"), "have fewer than 64 samples of decode: no p90.");
    add(count("no_p99"), "have fewer than 662 samples of decode: no p99.");
    if (folder.points_left_out) lines.push(`${name}there are more configurations and lengths than a page can hold; the summary's Parquet has all.`);
    if (folder.trust_left_out) lines.push(`${name}these counts are of the first configurations alone; manifest.json has those of all.`);
    if (folder.manifest.note) lines.push(`${name}${folder.manifest.note}`);
    return lines;
  }

  /* Beside the answer: how many rows to trust, and where to read about the others. */
  function brief() {
    const quiet = report.trust.reduce((total, row) => total + row.quiet, 0);
    const rows = report.folders.reduce((total, folder) => total + folder.rows, 0);
    const unfinished = report.folders.some(folder => folder.manifest.state !== "done");
    const counted = report.folders.some(folder => folder.trust_left_out) ? ""
      : quiet === rows ? `All ${format.count(rows)} rows were quiet and steady. `
      : `${format.count(quiet)} of ${format.count(rows)} rows were quiet and steady. `;
    return element("p", {class: "about"}, counted, unfinished ? "Not every sweep came to its end. " : "",
      element("a", {href: "#caveats"}, "What to know before believing a number"));
  }

  function build(section) {
    const lines = report.folders.flatMap(notes);
    section.append(element("h2", {}, "Caveats"),
      lines.length === 0
        ? element("p", {}, "Every row was measured, quiet and steady, with samples enough.")
        : element("ul", {class: "notes"}, lines.map(line => element("li", {}, line))));
    if (report.reasons.length === 0) return;
    const table = tables.sortable("Why rows were not measured", [
      ...tables.folders,
      {key: "rows", title: "rows", read: format.count},
      {key: "status", title: "status"},
      {key: "model", title: "model"},
      {key: "variant", title: "variant"},
      {key: "kv_heads", title: "KV heads", read: format.count},
      {key: "kv_precision", title: "precision"},
      ...report.conditions.filter(({key, varies}) => varies || new Set(report.reasons.map(row => row[key])).size > 1),
      {key: "reason", title: "reason", wrap: true},
    ]);
    section.append(...table.parts);
    if (report.folders.some(folder => folder.reasons_left_out)) {
      section.append(element("p", {class: "about"}, "There are more reasons; column reason of the measurements has all."));
    }
    table.show(report.reasons);
  }

  return {brief, build};
})();
