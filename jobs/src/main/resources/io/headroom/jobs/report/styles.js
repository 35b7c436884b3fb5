"use strict";
/* How series look: a colour for KV heads, a symbol for precision, a dash for results or precision; pale
   where something beside them is not as usual. */
const styles = (() => {
  const colors = 8;
  const dashes = [null, [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2]];
  const symbols = [
    {name: "circle", path: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"},
    {name: "rect", path: "M-3.5 -3.5h7v7h-7z"},
    {name: "triangle", path: "M0 -4.5l4.5 8h-9z"},
    {name: "diamond", path: "M0 -5l5 5l-5 5l-5 -5z"},
    {name: "roundRect", path: "M-4 -2.5h8v5h-8z"},
  ];
  const dashKey = report.severalFolders ? "folder_name" : "kv_precision";

  const places = new Map(
    ["layout", "kv_precision", "folder_name"].map(key => [key, report.valuesOf(key)]));
  const place = (key, value) => Math.max(0, places.get(key).indexOf(value));

  const dash = value => dashes[place(dashKey, value) % dashes.length];
  const symbol = precision => symbols[place("kv_precision", precision) % symbols.length];
  const colorName = layout => `series-${place("layout", layout) % colors}`;

  return {
    /* By place alone, for what no filter has. */
    nth: i => ({color: theme.color(`series-${i % colors}`), dash: dashes[i % dashes.length], symbol: symbols[i % symbols.length].name}),
    of: point => ({
      color: theme.color(colorName(point.layout)),
      dash: dash(point[dashKey]),
      symbol: symbol(point.kv_precision).name,
      opacity: point.usual ? 1 : 0.4,
    }),
    ofValue(key, value) {
      const isHeads = key === "layout" || key === "variant" && report.variantsSuffice;
      if (isHeads) return {color: `var(--${colorName(value)})`};
      if (key === "kv_precision") {
        return {dash: dashKey === key ? dash(value) : null, path: symbol(value).path};
      }
      return key === "folder_name" ? {dash: dash(value)} : null;
    },
  };
})();
