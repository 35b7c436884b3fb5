"use strict";
/* What all charts have: the frame around them, and what a pointer is told about a point. */
const frames = (() => {
  function frame(description) {
    return {
      animation: false,
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily},
      aria: {enabled: true, label: {description}},
      // Of all ruled lines: below what they rule.
      markLine: {z: 0},
      grid: {left: 66, right: 24, top: 16, bottom: 46},
      tooltip: {
        trigger: "item", confine: true, backgroundColor: theme.color("card"),
        borderColor: theme.color("line"), textStyle: {color: theme.color("ink")},
      },
    };
  }

  /* Pairs of a name and a value, under titles. Elements, so that names stay text. */
  function tip(titles, pairs) {
    return element("div", {class: "tip"}, titles.map(title => element("strong", {}, title)),
      pairs.flatMap(([name, value]) => [element("span", {}, name), element("span", {}, value)]));
  }

  function tipOf(point, pairs) {
    const about = [point.variant, plural(point.kv_heads, "KV head"), point.kv_precision, ...report.conditionsOf(point)];
    return tip([`${report.of(point.folder_name)}${point.model}`, about.join(", ")], [
      ["prompt tokens", report.tokens(point.prompt_tokens)],
      ...pairs,
      ["rows", format.count(point.rows)],
      ...(point.noisy ? [["noisy rows", format.count(point.noisy)]] : []),
      ...(point.unsteady ? [["unsteady rows", format.count(point.unsteady)]] : []),
    ]);
  }

  return {frame, tip, tipOf};
})();
