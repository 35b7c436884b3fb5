"use strict";
/* Where and with what it was measured. */
const environment = (() => {
  const begun = [
    ["started", manifest => manifest.started_at],
    ["wall time", manifest => `${format.threeDigits(manifest.wall_seconds)} s`],
  ];
  const software = [
    ["Headroom", manifest => manifest.headroom_version],
    ["git commit", manifest => manifest.git_commit],
    ["Spark", manifest => manifest.spark_version],
    ["Spark master", manifest => manifest.spark_master],
    ["Java", manifest => manifest.driver?.java_version],
    ["Java vendor", manifest => manifest.driver?.java_vendor],
    ["operating system", manifest => manifest.driver?.operating_system],
    ["processor", manifest => manifest.driver?.processor],
    ["processors", manifest => manifest.driver?.processors],
    ["heap", manifest => format.bytes(manifest.driver?.max_heap_bytes)],
  ];
  const properties = [
    ["sweep", manifest => manifest.name],
    ...begun,
    ["executors measuring", manifest => format.percent(manifest.measuring_share)],
    ["error of predicted times, median", manifest => format.percent(manifest.prediction_error_p50)],
    ["error of predicted times, p90", manifest => format.percent(manifest.prediction_error_p90)],
    ...software,
  ];

  /* A table of names and values. */
  function facts(caption, pairs) {
    return element("div", {class: "table-wrap facts", tabindex: 0, role: "region", "aria-label": caption},
      element("table", {}, element("tbody", {}, pairs.map(([title, value]) => element("tr", {},
        element("th", {scope: "row"}, title), element("td", {}, format.text(value)))))));
  }

  /* What is known of a run of any command, as facts. */
  const ofRun = manifest => [...begun, ...software].map(([title, read]) => [title, read(manifest)]);

  const configuration = folder => element("details", {},
    element("summary", {}, `Configuration of ${folder.name}`),
    element("pre", {tabindex: 0}, JSON.stringify(folder.manifest.configuration ?? {}, null, 2)));

  function overview() {
    return element("div", {class: "table-wrap facts", tabindex: 0, role: "region", "aria-label": "Environment"},
      element("table", {},
        element("thead", {hidden: !report.severalFolders}, element("tr", {}, element("td"),
          report.folders.map(folder => element("th", {scope: "col"}, folder.name)))),
        element("tbody", {}, properties.map(([title, read]) => element("tr", {},
          element("th", {scope: "row"}, title),
          report.folders.map(folder => element("td", {}, format.text(read(folder.manifest)))))))));
  }

  function hosts() {
    const table = tables.sortable("Hosts and what they can do at most", [
      ...tables.folders,
      {key: "host", title: "host"},
      {key: "executor_id", title: "executor"},
      {key: "engine", title: "engine"},
      {key: "engine_detail", title: "kernels"},
      {key: "threads", title: "threads", read: format.count},
      {key: "peak_gflops", title: "peak GFLOP/s", read: format.threeDigits},
      {key: "stream_gbps", title: "stream GB/s", read: format.threeDigits},
      {key: "rows", title: "rows", read: format.count},
    ]);
    table.show(report.folders.flatMap(folder =>
      folder.manifest.hosts.map(host => ({...host, folder_name: folder.name}))));
    return table.parts;
  }

  function build(section) {
    const hidden = report.folders.reduce((total, folder) => total + folder.manifest.hosts_left_out, 0);
    section.append(element("h2", {}, "Environment"), overview(), ...hosts());
    if (hidden > 0) section.append(element("p", {class: "about"}, `${plural(hidden, "more host")} in manifest.json.`));
    section.append(...report.folders.map(configuration));
  }

  return {build, facts, ofRun, configuration};
})();
