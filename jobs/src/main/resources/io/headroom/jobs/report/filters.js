"use strict";
/* What is shown: native checkboxes, which are the legend of the charts as well. */
const filters = (() => {
  const dimensions = [
    {key: "folder_name", title: "Results", always: false},
    {key: "model", title: "Model", always: true},
    {key: "variant", title: "Variant", always: true},
    {key: "layout", title: "KV heads", always: false, unless: report.variantsSuffice},
    {key: "kv_precision", title: "KV precision", always: true},
    ...report.conditions.map(({key, title}) => ({key, title: capitalised(title), always: false})),
  ];
  const listeners = [];
  const selected = new Map();

  for (const dimension of dimensions) {
    dimension.values = report.valuesOf(dimension.key);
    selected.set(dimension.key, new Set(dimension.values));
  }
  const shown = dimensions.filter(dimension =>
    !dimension.unless && (dimension.always || dimension.values.length > 1));

  const valuesOf = key => dimensions.find(dimension => dimension.key === key).values;
  const has = (key, value) => !selected.has(key) || selected.get(key).has(value);
  const matches = point => shown.every(({key}) => selected.get(key).has(point[key]));
  const changed = () => listeners.forEach(listener => listener());

  function choice(dimension, value) {
    const box = element("input", {
      type: "checkbox", name: dimension.key, value: String(value), checked: true,
      onchange() {
        if (box.checked) selected.get(dimension.key).add(value);
        else selected.get(dimension.key).delete(value);
        changed();
      },
    });
    return element("label", {}, box, swatch(dimension.key, value) ?? "", format.text(value));
  }

  /* How the charts draw what has this value. */
  function swatch(key, value) {
    const style = styles.ofValue(key, value);
    if (!style) return null;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "swatch");
    svg.setAttribute("viewBox", "0 0 28 12");
    svg.setAttribute("aria-hidden", "true");
    const part = (tag, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries(attributes).forEach(([name, to]) => made.setAttribute(name, to));
      svg.append(made);
    };
    const color = style.color ?? "currentColor";
    part("line", {x1: 0, y1: 6, x2: 28, y2: 6, stroke: color, "stroke-width": style.color ? 4 : 2,
      "stroke-dasharray": style.dash ? style.dash.join(" ") : "none"});
    if (style.path) part("path", {d: style.path, fill: color, transform: "translate(14 6)"});
    return svg;
  }

  function build(form) {
    for (const dimension of shown) {
      form.append(element("fieldset", {},
        element("legend", {}, dimension.title),
        element("div", {class: "choices"}, dimension.values.map(value => choice(dimension, value)))));
    }
    form.append(element("button", {type: "reset", class: "quiet"}, "Show all"));
    form.addEventListener("reset", () => {
      for (const {key, values} of dimensions) selected.set(key, new Set(values));
      changed();
    });
    form.addEventListener("submit", event => event.preventDefault());
  }

  return {
    build, has, matches, valuesOf,
    keys: shown.map(({key}) => key),
    points: () => report.points.filter(matches),
    onChange: listener => listeners.push(listener),
  };
})();
