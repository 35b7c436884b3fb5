"use strict";
/* Sets of charts: each is drawn when it comes into sight, and for paper all of them. */
const sheets = (() => {
  /* So many models have panels of their own. */
  const mostPanels = 6;
  const wait = "240px";
  const all = [];

  function sheet() {
    const drawn = new Map();
    let observer = null;

    /* A figure with a chart; option() gives what is drawn, later. */
    function panel(id, title, rest, option, height) {
      const chart = element("div", {class: "chart", "data-chart": id,
        ...(height ? {style: `height:${height}px`} : {})});
      drawn.set(chart, {option});
      return element("figure", {}, element("figcaption", {}, element("h3", {}, title, element("span", {}, rest))), chart);
    }

    function draw(chart) {
      const entry = drawn.get(chart);
      if (!entry || entry.instance) return;
      // On paper a chart has no height of its own before it is drawn.
      const size = chart.clientHeight > 0 ? {} : {width: chart.clientWidth || 600, height: 260};
      entry.instance = echarts.init(chart, null, {renderer: "svg", ...size});
      entry.instance.setOption(entry.option());
      keys.listen(chart, entry.instance);
    }

    function clear() {
      observer?.disconnect();
      for (const {instance} of drawn.values()) instance?.dispose();
      drawn.clear();
    }

    /* Puts sections in the place of what was there, without a jump of the page. */
    function show(home, sections) {
      home.style.minHeight = `${home.offsetHeight}px`;
      home.replaceChildren(...sections);
      home.style.minHeight = "";
      observer = new IntersectionObserver(entries =>
        entries.filter(entry => entry.isIntersecting).forEach(entry => draw(entry.target)), {rootMargin: wait});
      for (const chart of drawn.keys()) observer.observe(chart);
    }

    const made = {panel, draw, clear, show, drawn};
    all.push(made);
    return made;
  }

  function resize() {
    for (const {drawn} of all) for (const {instance} of drawn.values()) instance?.resize();
  }

  /* Every chart, at whatever width its column has on paper. */
  function drawForPrint() {
    for (const {drawn, draw} of all) {
      for (const [chart, entry] of drawn) {
        draw(chart);
        chart.querySelector("svg")
          ?.setAttribute("viewBox", `0 0 ${entry.instance.getWidth()} ${entry.instance.getHeight()}`);
      }
    }
  }

  function start() {
    addEventListener("resize", resize);
    addEventListener("beforeprint", drawForPrint);
  }

  return {mostPanels, sheet, start};
})();
