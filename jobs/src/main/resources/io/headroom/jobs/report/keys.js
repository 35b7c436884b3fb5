"use strict";
/* The points of a chart by arrow keys: left and right along a line, up and down to the other lines. */
const keys = (() => {
  const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};

  /* The series that have points, without what rules a chart and what belongs to other series. */
  const withPoints = instance => instance.getOption().series
    .map(({type, silent, data}, index) => ({index, count: type === "custom" || silent ? 0 : data.length}))
    .filter(({count}) => count > 0);

  function leave(instance) {
    instance.dispatchAction({type: "hideTip"});
    instance.dispatchAction({type: "downplay"});
  }

  /* Shows what a pointer would be told, and says it to who cannot see it. */
  function go(chart, instance, seriesIndex, dataIndex) {
    instance.dispatchAction({type: "downplay"});
    instance.dispatchAction({type: "highlight", seriesIndex, dataIndex});
    instance.dispatchAction({type: "showTip", seriesIndex, dataIndex});
    const told = [...chart.querySelectorAll(".tip > *")].map(part => part.textContent);
    document.getElementById("told").textContent = told.join(", ");
  }

  function listen(chart, instance) {
    let line = 0;
    let place = -1;
    chart.tabIndex = 0;
    chart.setAttribute("role", "group");
    chart.setAttribute("aria-roledescription", "chart, by arrow keys");
    chart.addEventListener("blur", () => leave(instance));
    chart.addEventListener("keydown", event => {
      if (event.key === "Escape") leave(instance);
      const series = withPoints(instance);
      if (!steps[event.key] || series.length === 0) return;
      event.preventDefault();
      const [down, right] = steps[event.key];
      line = (line + down + series.length) % series.length;
      place = Math.min(Math.max(place + right, 0), series[line].count - 1);
      go(chart, instance, series[line].index, place);
    });
  }

  return {listen};
})();
