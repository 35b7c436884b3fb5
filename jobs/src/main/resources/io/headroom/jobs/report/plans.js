"use strict";
/* What the page says of plans, by the words that tables and charts of all of them have. */
const plans = (() => {
  const {folders} = report.plans;
  const several = folders.length > 1;

  const heads = row => `${row.variant} ${row.kv_heads}`
    + (row.window > 0 ? `, window ${row.window}${row.sinks > 0 ? `+${row.sinks}` : ""}` : "");

  function ranks(row) {
    const others = [["pipeline", "PP"], ["expert", "EP"], ["attention_data", "DP"]];
    return [`TP${row.tensor}`, ...others.filter(([key]) => row[key] > 1).map(([key, name]) => name + row[key])].join(" ");
  }

  const replicas = row => row.decode_replicas > 0
    ? `${format.count(row.replicas)} + ${format.count(row.decode_replicas)}` : format.count(row.replicas);

  const colorKey = row => JSON.stringify([row.variant, row.variant === "GQA" ? row.kv_heads : null, row.window, row.sinks]);

  function describe(row) {
    row.heads = heads(row);
    row.layout = `${row.heads} ${row.kv_precision}`;
    row.ranks = ranks(row);
    row.pools = replicas(row);
    return row;
  }

  const usd = value => format.known(value) ? `${format.threeDigits(value)}\u00a0USD` : format.none;
  const millis = value => format.known(value) ? format.nanos(1e6 * value) : format.none;

  /* Of one plan: its rows, and figures in money where every price is known, else in accelerators. */
  function plan(folder, i) {
    const own = rows => rows.filter(row => row.folder === i);
    const answers = own(report.plans.answers).map(describe);
    const notSimulated = own(report.plans.not_simulated).map(describe);
    const front = own(report.plans.front).map(describe);
    const best = answers.filter(answer => answer.is_best);
    const demanding = new Map(own(report.plans.demanding).map(describe).map(row => [row.candidate_id, row]));
    const byId = new Map(best.map(answer => [answer.candidate_id, answer]));
    const ofBest = rows => own(rows).map(row => ({...row, answer: byId.get(row.candidate_id)}));
    const colors = [...new Set([...best].sort((a, b) => b.kv_heads - a.kv_heads || a.window - b.window).map(colorKey))];
    const priced = [...(answers.length > 0 ? answers : notSimulated), ...front].every(row => format.known(row.usd_per_hour));
    return {
      folder, answers, notSimulated, front, best, priced,
      name: folder.name,
      of: title => several ? `${folder.name}: ${title}` : title,
      cost: priced
        ? {key: "usd_per_hour", title: "USD an hour", read: usd}
        : {key: "accelerators", title: "accelerators", read: format.count},
      loads: ofBest(report.plans.loads),
      times: ofBest(report.plans.times),
      demand: own(report.plans.demand).map(row => ({...row, answer: demanding.get(row.candidate_id)})),
      limits: own(report.plans.limits),
      reasons: own(report.plans.reasons).map(describe),
      models: inOrder(folder, [...answers, ...notSimulated, ...front, ...own(report.plans.limits)].map(row => row.model)),
      /* Most KV heads first. */
      headsOf: model => [...new Set(best.filter(row => row.model === model)
        .sort((a, b) => b.kv_heads - a.kv_heads || a.window - b.window).map(row => row.heads))],
      /* One of the variant's, whichever the model, and of GQA one for each number of heads. */
      colorOf: row => colors.indexOf(colorKey(row)),
      precisions: [...new Set(best.map(row => row.kv_precision))].sort(),
    };
  }

  /* As the configuration names them; those that it names otherwise come last. */
  function inOrder(folder, models) {
    const asked = folder.manifest.configuration?.plan?.models ?? [];
    const place = model => (asked.indexOf(model) + asked.length + 1) % (asked.length + 1);
    return [...new Set(models)].sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  }

  const fleet = row => `${format.count(row.accelerators)} ${row.accelerator}`
    + (format.known(row.usd_per_hour) ? ` for ${usd(row.usd_per_hour)} an hour` : "");

  /* The cheapest of every choice of heads of a model that serves, that of its own heads first; by the closed form
     where nothing of the plan was simulated. */
  function serving(plan, model) {
    const all = (isSimulated(plan) ? plan.best.filter(answer => answer.meets_levels) : plan.notSimulated)
      .filter(answer => answer.model === model)
      .sort((a, b) => a[plan.cost.key] - b[plan.cost.key]);
    const own = answer => answer.kv_heads_asked === "model";
    return grouped([...all.filter(own), ...all.filter(answer => !own(answer))], answer => answer.heads).map(([first]) => first);
  }

  const isSimulated = plan => plan.answers.length > 0;

  function sentence(plan) {
    if (plan.answers.length === 0 && plan.notSimulated.length === 0) return `Plan ${plan.name}: nothing was simulated.`;
    const told = plan.models.slice(0, 3).map(model => {
      const [first] = serving(plan, model);
      return first ? `${model} takes ${fleet(first)} as ${first.heads} in ${first.kv_precision}`
        : isSimulated(plan) ? `nothing that was simulated serves ${model}` : `nothing serves ${model}`;
    });
    return `${isSimulated(plan) ? "For" : "By the closed form alone, not simulated: for"} ${format.threeDigits(plan.folder.asked.requests_per_second)} requests a second ${told.join("; ")}.`;
  }

  /* What other heads take, a line a model. */
  const others = plan => plan.models.map(model => [model, serving(plan, model).slice(1)])
    .filter(([, all]) => all.length > 0)
    .map(([model, all]) => `${model}: ${all.map(other => `${fleet(other)} as ${other.heads} in ${other.kv_precision}`).join("; ")}.`);

  return {all: folders.map(plan), several, usd, millis, sentence, others};
})();
