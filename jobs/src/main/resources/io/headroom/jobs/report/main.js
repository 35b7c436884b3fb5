"use strict";
/* Puts the page together: a section for each kind of results that is there. */
{
  const part = id => document.getElementById(id);
  const sweeps = report.folders;
  const day = folder => format.text(folder.manifest.started_at).slice(0, 10);
  document.title = `${[...sweeps, ...report.plans.folders].map(folder => folder.name).join(", ")}: Headroom report`;
  part("subject").textContent = [
    ...sweeps.map(folder => `${folder.name}: ${plural(folder.rows, "row")}, ${day(folder)}`),
    ...report.plans.folders.map(folder =>
      `${folder.name}: plan over ${plural(folder.manifest.candidates, "candidate")}, ${day(folder)}`),
  ].join("; ");
  part("made-with").textContent = `Charts by Apache ECharts ${echarts.version} (Apache License 2.0), within this page.`;
  theme.start();
  sheets.start();
  if (sweeps.length > 0) {
    headline.build(part("headline"));
    filters.build(part("filters"));
    charts.start();
    ratios.build(part("side-by-side"));
    tables.buildResults(part("results"));
    caveats.build(part("caveats"));
    environment.build(part("environment"));
  } else {
    document.querySelectorAll(".of-sweeps").forEach(one => one.remove());
    part("headline").append(element("h1", {}, plans.several ? "What each plan would rent" : plans.sentence(plans.all[0])));
    document.querySelector(".skip").href = "#plans";
  }
  planPage.build(part("plans"), sweeps.length === 0);
  performance.mark("headroom-ready");
}
