"use strict";
/* Puts the page together. */
{
  const part = id => document.getElementById(id);
  const names = report.folders.map(folder => folder.name).join(", ");
  document.title = `${names}: Headroom report`;
  part("subject").textContent = report.folders.map(folder =>
    `${folder.name}: ${plural(folder.rows, "row")}, ${format.text(folder.manifest.started_at).slice(0, 10)}`).join("; ");
  part("made-with").textContent = `Charts by Apache ECharts ${echarts.version} (Apache License 2.0), within this page.`;
  theme.start();
  headline.build(part("headline"));
  filters.build(part("filters"));
  charts.start();
  ratios.build(part("side-by-side"));
  tables.buildResults(part("results"));
  caveats.build(part("caveats"));
  environment.build(part("environment"));
  performance.mark("headroom-ready");
}
