"use strict";
/* Tables that sort by the buttons in their headers; long ones show their beginning at first. */
const tables = (() => {
  const first = 50;

  /* Unknown values come last, whichever way. */
  function compare(column, direction) {
    return (a, b) => {
      const [left, right] = [a[column.key], b[column.key]];
      const missing = value => value === null || value === undefined;
      if (missing(left) || missing(right)) return missing(left) - missing(right);
      if (typeof left === "number" && typeof right === "number") return direction * (left - right);
      return direction * String(left).localeCompare(String(right), "en", {numeric: true});
    };
  }

  function cell(column, row) {
    const value = (column.read ?? format.text)(row[column.key]);
    const classes = [column.read ? "number" : "", column.wrap ? "wrap" : "", column.mark?.(row) ?? ""];
    return element("td", {class: classes.filter(Boolean).join(" ") || null}, value);
  }

  /* A table of rows; give it others with show(). */
  function sortable(caption, columns) {
    let rows = [];
    let sorted = null;
    let all = false;
    const body = element("tbody");
    const captionElement = element("caption", {}, caption);
    const headers = columns.map(column => element("th", {scope: "col", class: column.read ? "number" : null},
      element("button", {type: "button", onclick: () => sort(column)}, column.title)));
    const wrap = element("div", {class: "table-wrap", tabindex: 0, role: "region", "aria-label": caption},
      element("table", {}, captionElement,
        element("thead", {}, element("tr", {}, headers)), body));
    const more = element("button", {type: "button", hidden: true, onclick() {
      all = true;
      fill();
    }});

    function fill() {
      const ordered = sorted ? [...rows].sort(compare(sorted.column, sorted.direction)) : rows;
      const shown = all ? ordered : ordered.slice(0, first);
      body.replaceChildren(...shown.map(row => element("tr", {}, columns.map(column => cell(column, row)))));
      more.hidden = shown.length === rows.length;
      more.textContent = `Show all ${format.count(rows.length)} rows`;
    }

    function sort(column) {
      const same = sorted?.column === column;
      sorted = {column, direction: same ? -sorted.direction : 1};
      headers.forEach((header, i) => {
        if (columns[i] === column) {
          header.setAttribute("aria-sort", sorted.direction > 0 ? "ascending" : "descending");
        } else {
          header.removeAttribute("aria-sort");
        }
      });
      fill();
    }

    return {
      parts: [wrap, more],
      show(others) {
        rows = others;
        fill();
      },
    };
  }

  /* The column that tells several folders apart. */
  const folders = report.severalFolders ? [{key: "folder_name", title: "results"}] : [];

  const configuration = [
    {key: "model", title: "model"},
    {key: "variant", title: "variant"},
    {key: "kv_heads", title: "KV heads", read: format.count},
    {key: "kv_precision", title: "precision"},
    ...report.conditions.filter(({varies}) => varies),
    {key: "prompt_tokens", title: report.binned ? "tokens, about" : "tokens", read: format.count},
  ];

  function buildResults(section) {
    const table = sortable("Times are medians of the measured layers; p90 and p99 where the samples suffice.", [
      ...folders,
      ...configuration,
      {key: "kv_bytes", title: "KV", read: format.bytes},
      {key: "share_of_mha", title: "of MHA", read: format.percent},
      ...(report.points.some(point => point.state_bytes > 0)
        ? [{key: "state_bytes", title: "state", read: format.bytes}] : []),
      {key: "prefill_ns", title: "prefill", read: format.nanos},
      {key: "decode_ns", title: "decode", read: format.nanos},
      {key: "decode_ns_p90", title: "p90", read: format.nanos},
      {key: "decode_ns_p99", title: "p99", read: format.nanos},
      {key: "decode_samples", title: "samples", read: format.count},
      {key: "fraction_of_peak", title: "of peak", read: format.percent},
      {key: "fraction_of_stream", title: "of stream", read: format.percent},
      ...[
        {key: "rows", title: "rows", read: format.count, usual: 1},
        {key: "noisy", title: "noisy", read: format.count, usual: 0},
        {key: "unsteady", title: "unsteady", read: format.count, usual: 0},
      ].filter(column => report.points.some(point => point[column.key] !== column.usual)),
    ]);
    section.append(element("h2", {}, "Results"), ...table.parts);
    const show = () => table.show(filters.points());
    filters.onChange(show);
    show();
  }

  return {sortable, folders, configuration, buildResults};
})();
