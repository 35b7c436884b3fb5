"use strict";
/* The sections of plans: what was asked, the answers, and the charts behind them. */
const planPage = (() => {
  const tpot = "TPOT is (end-to-end time - TTFT) / (output tokens - 1) of a request.";
  const sheet = sheets.sheet();

  function list(value) {
    return Array.isArray(value) ? value.map(one => typeof one === "object" ? JSON.stringify(one) : one).join(", ") : value;
  }

  function facts(plan) {
    const {manifest, asked} = plan.folder;
    const conf = manifest.configuration?.plan ?? {};
    const preset = conf["service-levels"]?.preset;
    const prices = Object.entries(manifest.prices).map(([name, price]) =>
      [`price of ${name}`, `${plans.usd(price.usd_per_hour)} an hour, ${price.date}, ${price.source}`]);
    const unpriced = (conf.accelerators ?? []).filter(name => !(name in manifest.prices));
    return environment.facts("What was asked", [
      ["models", list(conf.models)],
      ["KV heads", list(conf["kv-heads"])],
      ["KV precisions", list(conf["kv-precisions"])],
      ["accelerators", list(conf.accelerators)],
      ["requests a second", format.threeDigits(asked.requests_per_second)],
      ["tokens of a request, mean", `${format.threeDigits(asked.input_tokens_mean)} in, ${format.threeDigits(asked.output_tokens_mean)} out`],
      ["levels", `TTFT p99 ${plans.millis(asked.level_ttft_p99_ms)}, TPOT p99 ${plans.millis(asked.level_tpot_p99_ms)}`
        + (preset ? `, ${preset}` : "")],
      ["engine", conf.engine],
      ...prices,
      ...unpriced.map(name => [`price of ${name}`, "not known"]),
      ...Object.entries(manifest.assumed).map(([name, lines]) => [`assumed of ${name}`, lines.join("; ")]),
      ["candidates", format.count(manifest.candidates)],
      ["that serve by the closed form", format.count(manifest.feasible)],
    ]);
  }

  const yes = value => value ? "yes" : "no";

  const errorBand = "least and most are with times shorter and longer by the stated error";

  /* Columns that simulated deployments and those of the closed form both have. */
  function columns(rows) {
    return [
      {key: "model", title: "model"},
      {key: "heads", title: "KV heads"},
      {key: "kv_precision", title: "KV"},
      {key: "accelerator", title: "accelerator"},
      {key: "ranks", title: "ranks"},
      {key: "weights", title: "weights"},
      {key: "max_batched_tokens", title: "batched tokens", read: format.count},
      {key: "pools", title: "replicas", read: format.text},
      {key: "accelerators", title: "accelerators", read: format.count},
      {key: "accelerators_least", title: "least", read: format.count},
      {key: "accelerators_most", title: "most", read: format.count},
      {key: "accelerators_roofline", title: "roofline", read: format.count},
      ...(rows.some(row => format.known(row.usd_per_hour)) ? [
        {key: "usd_per_hour", title: "USD an hour", read: format.threeDigits},
        {key: "usd_per_million_output_tokens", title: "USD a million output tokens", read: format.threeDigits}] : []),
      {key: "ttft_p99_ms", title: "TTFT p99", read: plans.millis},
      {key: "tpot_p99_ms", title: "TPOT p99", read: plans.millis},
      {key: "most_load", title: "highest load", read: format.percent},
      {key: "limit", title: "limit"},
    ];
  }

  function answers(plan) {
    if (plan.answers.length === 0) return [];
    const table = tables.sortable(
      `Simulated at the rate that is asked for, with the fewest replicas that meet the levels; ${errorBand}. The cheapest of each layout come first.`,
      [...columns(plan.answers), {key: "meets_levels", title: "meets levels"}]);
    table.show(plan.answers.map(row => ({...row, meets_levels: yes(row.meets_levels)})));
    return [element("h2", {}, plan.of("Answers")), element("p", {class: "about"}, tpot), ...table.parts,
      ...(plan.folder.answers_left_out ? [element("p", {class: "about"}, "There are more answers; the simulations' Parquet has all.")] : [])];
  }

  function notSimulated(plan) {
    if (plan.notSimulated.length === 0) return [];
    const table = tables.sortable(
      `The best of each choice of heads, cache and accelerator of which nothing was simulated, by the closed form alone; ${errorBand}.`,
      columns(plan.notSimulated));
    table.show(plan.notSimulated);
    return [element("h2", {}, plan.of("Answers that were not simulated")), element("p", {class: "about"}, tpot), ...table.parts,
      ...(plan.folder.not_simulated_left_out ? [element("p", {class: "about"}, "There are more; the candidates' Parquet has all.")] : [])];
  }

  function reasons(plan) {
    if (plan.reasons.length === 0) return [];
    const table = tables.sortable("Why deployments cannot serve", [
      {key: "count", title: "deployments", read: format.count},
      {key: "limit", title: "limit"},
      {key: "model", title: "model"},
      {key: "heads", title: "KV heads"},
      {key: "kv_precision", title: "KV"},
      {key: "accelerator", title: "accelerator"},
      {key: "reason", title: "reason", wrap: true},
    ]);
    table.show(plan.reasons);
    return [...table.parts,
      ...(plan.folder.reasons_left_out ? [element("p", {class: "about"}, "There are more reasons; the candidates' Parquet has all.")] : [])];
  }

  const section = (plan, title, about, panels) => panels.length === 0 ? [] : [
    element("h2", {}, plan.of(title)), element("p", {class: "about"}, about), element("div", {class: "panels"}, panels)];

  function together(plan) {
    const bucket = plan.folder.demand_bucket_minutes;
    return bucket > 1 ? ` Each point is the largest of ${format.count(bucket)} minutes; the Parquet has all.` : "";
  }

  function charts(plan) {
    const models = plan.models.slice(0, sheets.mostPanels);
    const over = (rows, make) => models.filter(model => rows.some(row => (row.answer ?? row).model === model)).flatMap(make);
    const costs = [{key: "accelerators", title: "accelerators", read: format.count}, ...(plan.priced ? [plan.cost] : [])];
    const left = key => plan.folder[key] ? " There are more than a page can hold; the Parquet has all." : "";
    return [
      ...section(plan, "What each head layout costs",
        "The cheapest deployment of each choice of KV heads and precision, as simulated; the line is the band from least to most. Pale bars do not meet the levels.",
        over(plan.best, model => costs.map(cost => sheet.panel(`layouts-${cost.key}`, model, `  ${cost.title}`,
          () => planCharts.layouts(plan, model, cost), planCharts.heightOfLayouts(plan, model))))),
      ...section(plan, "Cost against the time of a token",
        `Deployments that no other of the model beats in cost, mean TPOT and KV saved, by the closed form; the larger, the more KV is saved. ${tpot}${left("front_left_out")}`,
        over(plan.front, model => [sheet.panel("front", model, "  the front", () => planCharts.front(plan, model))])),
      ...section(plan, "Capacity against rate",
        `What those of each head layout do as fewer or more requests come. ${tpot}`,
        over(plan.loads, model => [
          {id: "ttft", title: "TTFT p99", key: "ttft_p99_ms", levelKey: "level_ttft_p99_ms"},
          {id: "tpot", title: "TPOT p99", key: "tpot_p99_ms", levelKey: "level_tpot_p99_ms"},
        ].map(kind => sheet.panel(kind.id, model, `  ${kind.title}`, () => planCharts.capacity(plan, model, kind))))),
      ...section(plan, "KV over time", `Keys and values that all replicas together hold, at the rate that is asked for.${left("times_left_out")}`,
        over(plan.times, model => [sheet.panel("kv-over-time", model, "  KV", () => planCharts.times(plan, model))])),
      ...section(plan, "What the trace asks for by the minute",
        `Accelerators that the cheapest deployment of a model needs, from the first arrival on; nothing queues.${together(plan)}`,
        over(plan.demand, model => [sheet.panel("demand", model, "  accelerators needed", () => planCharts.demand(plan, model))])),
      ...section(plan, "What keeps deployments from serving", "Of all candidates, by the limit that each meets first.",
        plan.limits.length === 0 ? [] : [sheet.panel("limits", "Deployments that cannot serve", "",
          () => planCharts.limits(plan), planCharts.heightOfLimits(plan))]),
    ];
  }

  function whole(plan, isAlone) {
    const {manifest} = plan.folder;
    return element("section", {class: "plan"},
      element("h2", {}, `Plan ${plan.name}`),
      ...(manifest.state === "done" ? [] : [element("p", {class: "notice"},
        `The plan did not come to its end (state ${format.text(manifest.state)}): deployments are missing.`)]),
      ...(manifest.note ? [element("p", {class: "notice"}, manifest.note)] : []),
      ...(isAlone ? [] : [element("p", {}, plans.sentence(plan))]),
      element("ul", {class: "notes"}, plans.others(plan).map(line => element("li", {}, line))),
      facts(plan),
      ...answers(plan),
      ...notSimulated(plan),
      ...charts(plan),
      ...reasons(plan),
      element("h2", {}, plan.of("Where it was planned")),
      environment.facts("Where it was planned", environment.ofRun(manifest)),
      environment.configuration(plan.folder));
  }

  function build(home, isAlone) {
    const render = () => {
      sheet.clear();
      sheet.show(home, plans.all.map(plan => whole(plan, isAlone && !plans.several)));
    };
    render();
    theme.onChange(render);
  }

  return {build};
})();
