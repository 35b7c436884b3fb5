package io.headroom.plan.search;

import java.util.Arrays;

/**
 * What one replica does at any rate of requests, in closed form. With {@code n} prompts a step on
 * average and Poisson many in each, cut into parts that fit into a step, a part {@code q = 1 -
 * exp(-parts)} of the steps has prompts, and
 *
 * <pre>{@code
 * running sequences b = n x decode steps of a request
 * step          X = (1 - q) x decode(b) + q x mixed(b, n / q prompts)
 * rate            = n / X
 * TPOT            = decode(b) + gamma distributed: what prompts add to the steps of a request
 * TTFT            = rest of the running step + wait for a queue of prompts + own steps
 * }</pre>
 *
 * The wait for a queue of prompts is that of one server that is busy for the part of the tokens of
 * a step that prompts take (Pollaczek and Khinchine; for other arrivals than at random the
 * variation of Kingman), with an exponential tail. Where an engine runs prompts alone, a token
 * takes a decode step and the steps with prompts between two of them.
 *
 * <p>All is exact in means as far as steps are alike; tails are approximations, which simulations
 * are held against. Times are in milliseconds.
 */
final class ServingCurve {
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final double STEP = 1.25;
  private static final double LEAST_RUNNING = 0.25;
  private static final double LEAST_PROMPTS = 1e-3;
  private static final double NEARLY_FULL = 0.995;

  private final StepTimes times;
  private final PoolRole role;
  private final RequestMix mix;
  private final double variationOfAll;
  private final double rateOfAll;
  private final double slowdown;
  private final double stepTokens;

  /** Prompts are cut into parts that fit into a step: their tokens, and how many are such. */
  private final double[] partTokens;

  private final double[] partWeights;
  private final double partsOfPrompt;

  private final double[] prompts;
  private final double[] stepMillis;
  private final double[] rates;
  private final PointValues missedTtft;
  private final PointValues missedTpot;

  /**
   * @param mostSequences that run at once
   * @param slowdown what steps take of their predicted time: 1, or another to see what an error
   *     does
   */
  ServingCurve(StepTimes times, PoolRole role, int mostSequences, Demand demand, double slowdown) {
    this.times = times;
    this.role = role;
    this.mix = role == PoolRole.PREFILL ? demand.mix().promptsAlone() : demand.mix();
    this.slowdown = slowdown;
    this.stepTokens = times.stepTokens();
    RequestMix.Points lengths = mix.prompts();
    this.partTokens = new double[lengths.count()];
    this.partWeights = new double[lengths.count()];
    double allParts = 0;
    for (int i = 0; i < lengths.count(); i++) {
      double parts = Math.ceil(lengths.values()[i] / stepTokens);
      partTokens[i] = lengths.values()[i] / parts;
      partWeights[i] = lengths.weights()[i] * parts;
      allParts += partWeights[i];
    }
    for (int i = 0; i < partWeights.length; i++) {
      partWeights[i] /= allParts;
    }
    this.partsOfPrompt = allParts;
    this.prompts = points(mostSequences);
    int count = prompts.length;
    this.stepMillis = new double[count];
    this.rates = new double[count];
    double ttftLevel = demand.levels().ttftP99Millis();
    double tpotLevel = demand.levels().tpotP99Millis();
    this.missedTtft =
        new PointValues(count, i -> ttftTail(prompts[i], stepMillis[i]).above(ttftLevel));
    this.missedTpot =
        new PointValues(count, i -> tpotTail(prompts[i], stepMillis[i]).above(tpotLevel));
    double least = 0;
    for (int i = 0; i < count; i++) {
      stepMillis[i] = step(prompts[i]);
      // The rate rises with the prompts of a step; where a table is uneven it must not fall.
      least = Math.max(least * (1 + 1e-9), prompts[i] / stepMillis[i]);
      rates[i] = least;
    }
    this.variationOfAll = demand.arrivals().variation();
    this.rateOfAll = demand.requestsPerSecond() / MILLIS_PER_SECOND;
  }

  /**
   * Squared coefficient of variation of the gaps between requests of a replica at a rate: in turn
   * to the more replicas, the more evenly they come to each.
   */
  double variation(double rate) {
    return variationOfAll * Math.min(1, rate / rateOfAll);
  }

  /** The rate at which so many sequences run; infinite where so many never do. */
  double rateOf(double running) {
    double decodes = mix.decodeSteps();
    int last = rates.length - 1;
    if (decodes == 0 || running >= prompts[last] * decodes) {
      return Double.POSITIVE_INFINITY;
    }
    double n = running / decodes;
    int i = Math.max(0, (int) (Math.log(n / prompts[0]) / Math.log(STEP)));
    if (n <= prompts[0]) {
      return rates[0] * n / prompts[0];
    }
    int left = Math.min(i, last - 1);
    double part = (n - prompts[left]) / (prompts[left + 1] - prompts[left]);
    return rates[left] + part * (rates[left + 1] - rates[left]);
  }

  private double[] points(int mostSequences) {
    double decodes = mix.decodeSteps();
    double ofPrompt = role == PoolRole.DECODE ? 0 : mix.inputTokens();
    double most = NEARLY_FULL * stepTokens / (ofPrompt + decodes);
    if (decodes > 0) {
      most = Math.min(most, mostSequences / decodes);
    }
    double least = Math.min(most, decodes > 0 ? LEAST_RUNNING / decodes : LEAST_PROMPTS);
    int count = (int) Math.ceil(Math.log(most / least) / Math.log(STEP)) + 1;
    double[] points = new double[count];
    for (int i = 0; i < count; i++) {
      points[i] = Math.min(most, least * Math.pow(STEP, i));
    }
    points[count - 1] = most;
    return points;
  }

  private double step(double n) {
    double q = withPrompts(n);
    double running = n * mix.decodeSteps();
    if (role == PoolRole.DECODE) {
      return slowdown * times.decode(running);
    }
    double mixed = mixed(n, running);
    if (mix.decodeSteps() == 0) {
      return mixed;
    }
    double decode = slowdown * times.decode(running);
    return times.promptsAlone() ? decode + q * mixed : (1 - q) * decode + q * mixed;
  }

  /**
   * A step with prompts, on average: times are not linear in tokens, so that one part of a prompt
   * is averaged over all lengths; several are as many of the mean length.
   */
  private double mixed(double n, double running) {
    double parts = n * partsOfPrompt;
    double ofOne = parts * Math.exp(-parts);
    double any = withPrompts(n);
    double one = 0;
    for (int i = 0; i < partTokens.length; i++) {
      one += partWeights[i] * times.withPrompts(running, 1, partTokens[i]);
    }
    double several = any - ofOne;
    double sum = ofOne * one;
    if (several > 0) {
      double tokens = mix.inputTokens() / partsOfPrompt;
      sum += several * times.withPrompts(running, (parts - ofOne) / several, tokens);
    }
    return slowdown * sum / any;
  }

  /** Of the steps, those that have prompts. */
  private double withPrompts(double n) {
    return -Math.expm1(-n * partsOfPrompt);
  }

  /** Whether sequences stay for more than their prompt. */
  boolean decodes() {
    return mix.decodeSteps() > 0;
  }

  /** Requests a millisecond at the last point: more cannot be served, whatever they wait. */
  double mostRate() {
    return rates[rates.length - 1];
  }

  int points() {
    return rates.length;
  }

  double rate(int point) {
    return rates[point];
  }

  /** Where a rate lies among the points, as index and part of the way to the next. */
  double position(double rate) {
    int found = Arrays.binarySearch(rates, rate);
    if (found >= 0) {
      return found;
    }
    int above = -found - 1;
    if (above == 0) {
      return 0;
    }
    if (above == rates.length) {
      return rates.length;
    }
    return above - 1 + (rate - rates[above - 1]) / (rates[above] - rates[above - 1]);
  }

  private static double at(double[] values, double position) {
    int i = Math.min((int) position, values.length - 1);
    if (i == values.length - 1) {
      return values[i];
    }
    return values[i] + (position - i) * (values[i + 1] - values[i]);
  }

  /** Sequences that run at a rate, on average. */
  double running(double rate) {
    return Math.min(rate, mostRate()) * stepMillis(rate) * mix.decodeSteps();
  }

  /** A step at a rate, on average: what a token takes. */
  double stepMillis(double rate) {
    return at(stepMillis, position(rate));
  }

  /** The part of the requests that miss the level of TTFT at a rate. */
  double missedTtft(double rate) {
    return missedTtft.between(position(rate), 1);
  }

  /** The same of TPOT, of those with several tokens. */
  double missedTpot(double rate) {
    return missedTpot.between(position(rate), 1);
  }

  /** How long first tokens take at a rate. */
  LatencyTail ttftTail(double rate) {
    if (rate > mostRate()) {
      return LatencyTail.ALL;
    }
    double step = stepMillis(rate);
    return ttftTail(rate * step, step);
  }

  /** How long the other tokens take at a rate, a request's on average. */
  LatencyTail tpotTail(double rate) {
    if (rate > mostRate()) {
      return LatencyTail.ALL;
    }
    double step = stepMillis(rate);
    return tpotTail(rate * step, step);
  }

  private LatencyTail ttftTail(double n, double step) {
    if (role == PoolRole.DECODE) {
      return LatencyTail.NONE;
    }
    double running = n * mix.decodeSteps();
    double q = withPrompts(n);
    double decode = mix.decodeSteps() > 0 ? slowdown * times.decode(running) : 0;
    double mixed = mixedOf(step, decode, q);
    double squares =
        times.promptsAlone()
            ? (decode * decode + q * mixed * mixed) / (1 + q)
            : (1 - q) * decode * decode + q * mixed * mixed;
    double meanStep = times.promptsAlone() ? step / (1 + q) : step;
    double busy = mix.decodeSteps() > 0 ? -Math.expm1(-running) : Math.min(1, n);
    double rest = busy * squares / (2 * meanStep);

    double room = Math.max(1, stepTokens - (times.promptsAlone() ? 0 : running));
    double full = fullStep(running, room);
    double tokenMillis = full / room;
    double used = Math.min(NEARLY_FULL, n / step * mix.inputTokens() * tokenMillis);
    double wait =
        tokenMillis
            * mix.inputTokens()
            * (variation(n / step) + mix.inputVariation())
            / (2 * (1 - used));

    RequestMix.Points lengths = mix.prompts();
    double[] own = new double[lengths.count()];
    for (int i = 0; i < own.length; i++) {
      own[i] = ownSteps(lengths.values()[i], running, room, full);
    }
    return new TtftTail(own, lengths.weights(), rest, used, wait);
  }

  /** A step with prompts, from what steps take on average. */
  private double mixedOf(double step, double decode, double q) {
    if (mix.decodeSteps() == 0) {
      return step;
    }
    return (step - (times.promptsAlone() ? 1 : 1 - q) * decode) / q;
  }

  private double fullStep(double running, double room) {
    double typical = Math.min(mix.inputTokens(), room);
    return slowdown * times.withPrompts(running, room / typical, typical);
  }

  private double ownSteps(double tokens, double running, double room, double full) {
    double before = Math.max(0, Math.ceil(tokens / room) - 1);
    return before * full + slowdown * times.withPrompts(running, 1, tokens - before * room);
  }

  private LatencyTail tpotTail(double n, double step) {
    RequestMix.Points outputs = mix.outputs();
    if (outputs.count() == 0) {
      return LatencyTail.NONE;
    }
    double running = n * mix.decodeSteps();
    double decode = slowdown * times.decode(running);
    double ofPrompts = role == PoolRole.DECODE ? 0 : variance(n, running, decode);
    double feedback = Math.min(NEARLY_FULL, Math.max(0, 1 - decode / step));
    double ofOneStep = ofPrompts * variation(n / step) / ((1 - feedback) * (1 - feedback));
    return new TpotTail(decode, step - decode, ofOneStep, outputs);
  }

  /** Of a step, where all parts of a prompt are counted in one: Poisson many come. */
  private double variance(double n, double running, double decode) {
    RequestMix.Points lengths = mix.prompts();
    double squares = 0;
    for (int i = 0; i < lengths.count(); i++) {
      double more = slowdown * times.withPrompts(running, 1, partTokens[i]);
      if (!times.promptsAlone()) {
        more = Math.max(0, more - decode);
      }
      double ofPrompt = more * lengths.values()[i] / partTokens[i];
      squares += lengths.weights()[i] * ofPrompt * ofPrompt;
    }
    return n * squares;
  }

  /** How long a request takes that nobody makes wait, with a prompt of the mean length. */
  double alone(double rate) {
    if (role == PoolRole.DECODE) {
      return 0;
    }
    double running = running(rate);
    double room = Math.max(1, stepTokens - running);
    return ownSteps(mix.inputTokens(), running, room, fullStep(running, room));
  }

  /** What a token of a prompt adds to a full step. */
  double promptTokenMillis(double rate) {
    double running = running(rate);
    double room = Math.max(1, stepTokens - running);
    double decode = decodes() ? slowdown * times.decode(running) : 0;
    return Math.max(0, fullStep(running, room) - decode) / room;
  }

  /** What one sequence more adds to a step that decodes. */
  double sequenceMillis(double rate) {
    double running = Math.max(1, running(rate));
    return slowdown * (times.decode(2 * running) - times.decode(running)) / running;
  }
}
