package io.headroom.plan.search;

import io.headroom.UserException;
import io.headroom.plan.memory.KvPool;
import io.headroom.plan.search.SearchSpace.Choice;
import io.headroom.plan.serving.EngineScheduler;
import io.headroom.plan.serving.Fleet;
import io.headroom.plan.serving.Routing;
import io.headroom.plan.time.Parallelism;
import io.headroom.plan.time.StepLoad;
import io.headroom.plan.time.StepModels;
import io.headroom.plan.time.StepTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Evaluates deployments in closed form: what fits, the highest rate that meets the service levels,
 * how many accelerators the rate that is asked for needs. Neighbours in the space share their
 * tables; one object is for one thread.
 */
public final class DeploymentSearch {
  /**
   * What capacities in closed form differ from simulated ones by, on average over some 33
   * deployments: 4 to 5 % where requests come at random, 8 % where levels are narrow, 12 % with the
   * arrivals of a conversation trace and where lengths vary little.
   */
  private static final double FORM_ERROR = 0.12;

  private final SearchSpace space;
  private final SearchInputs inputs;

  private final Map<Integer, StepModels> models = new HashMap<>();
  private DeploymentSearch roofline;
  private final SearchFleets fleets;

  private Choice ofSteps;
  private SearchSteps steps;
  private boolean stepsAreDivided;

  private Choice ofLoads;
  private String reason;
  private final Map<PoolRole, ReplicaLoad> loads = new EnumMap<>(PoolRole.class);
  private SearchPools pools;
  private double promptBytes;

  public DeploymentSearch(SearchSpace space, SearchInputs inputs) {
    this.space = space;
    this.inputs = inputs;
    this.fleets = new SearchFleets(space, inputs);
  }

  /** Evaluates the deployments of numbers from {@code from} to before {@code to}. */
  public void run(long from, long to, SearchSink sink) {
    Choice choice = null;
    for (long number = from; number < to; number++) {
      choice = choice == null ? space.at(number) : space.next(number, choice);
      evaluate(number, choice, sink);
    }
  }

  private void evaluate(long number, Choice choice, SearchSink sink) {
    prepare(choice);
    if (reason != null) {
      sink.infeasible(number, choice, new Reason(Limit.UNSUPPORTED, reason));
      return;
    }
    Limit unfit = pools.tooSmall(choice);
    if (unfit != null) {
      sink.infeasible(number, choice, Reason.of(unfit));
      return;
    }
    Evaluated evaluated = evaluated(choice, this::load);
    if (evaluated.fleet() == null) {
      sink.infeasible(number, choice, Reason.of(evaluated.limit()));
      return;
    }
    double price = inputs.price(space.accelerators().get(choice.accelerator())).orElse(Double.NaN);
    FleetSize fleet = evaluated.fleet();
    double decodeRate = rate() / decoding(fleet);
    sink.feasible(
        number,
        choice,
        fleet,
        fleet.accelerators() * price,
        evaluated.decoding().tpotMean(decodeRate));
  }

  /**
   * @param fleet null where no rate meets the levels
   * @param requestsPerSecond of a replica
   */
  private record Evaluated(
      FleetSize fleet,
      double requestsPerSecond,
      Limit limit,
      ReplicaLoad prompting,
      ReplicaLoad decoding) {
    static Evaluated none(Limit limit) {
      return new Evaluated(null, 0, limit, null, null);
    }
  }

  private Evaluated evaluated(Choice choice, BiFunction<Choice, PoolRole, ReplicaLoad> loadOf) {
    int sequences = sequences(choice);
    long poolTokens = pools.tokens(choice);
    int accelerators = space.parallelisms().get(choice.parallelism()).accelerators();
    if (!space.disaggregated().get(choice.disaggregated())) {
      ReplicaLoad both = loadOf.apply(choice, PoolRole.BOTH);
      Capacity capacity = both.capacity(poolTokens, sequences);
      double most = capacity.requestsPerSecond();
      return most == 0
          ? Evaluated.none(capacity.limit())
          : new Evaluated(
              FleetSize.of(rate(), most, accelerators), most, capacity.limit(), both, both);
    }
    ReplicaLoad prompting = loadOf.apply(choice, PoolRole.PREFILL);
    ReplicaLoad decoding = loadOf.apply(choice, PoolRole.DECODE);
    Capacity prefill = linked(choice, prompting.capacity(poolTokens, sequences));
    Capacity decode = decoding.capacity(poolTokens, sequences);
    Capacity lesser = prefill.requestsPerSecond() < decode.requestsPerSecond() ? prefill : decode;
    if (lesser.requestsPerSecond() == 0) {
      return Evaluated.none(lesser.limit());
    }
    FleetSize fleet =
        FleetSize.of(rate(), prefill.requestsPerSecond(), decode.requestsPerSecond(), accelerators);
    return new Evaluated(fleet, lesser.requestsPerSecond(), lesser.limit(), prompting, decoding);
  }

  private double rate() {
    return inputs.demand().requestsPerSecond();
  }

  private static long decoding(FleetSize fleet) {
    return fleet.decodeReplicas() > 0 ? fleet.decodeReplicas() : fleet.replicas();
  }

  /** All that is known of one deployment; takes far longer than to find it. */
  public Deployment details(long number) {
    Choice choice = space.at(number);
    prepare(choice);
    if (reason != null) {
      return new Deployment(number, Limit.UNSUPPORTED, Optional.of(reason), 0, 0, Optional.empty());
    }
    KvPool pool = pools.pool(choice);
    Limit unfit = pools.tooSmall(choice);
    if (unfit != null) {
      return new Deployment(
          number,
          unfit,
          Optional.of(SearchReasons.unfit(unfit, pool, pools.longest(), inputs.demand().mix())),
          pool.weightsBytes(),
          Math.max(0, pool.tokens()),
          Optional.empty());
    }
    long poolTokens = pools.tokens(choice);
    Evaluated evaluated = evaluated(choice, this::load);
    return new Deployment(
        number,
        evaluated.limit(),
        evaluated.fleet() == null
            ? Optional.of(SearchReasons.late(evaluated.limit(), inputs.demand().levels()))
            : Optional.empty(),
        pool.weightsBytes(),
        poolTokens,
        evaluated.fleet() == null ? Optional.empty() : Optional.of(served(choice, evaluated)));
  }

  /**
   * What the closed form says of a fleet of any size.
   *
   * @param number of a deployment that can serve
   * @param load as a part of the rate that is asked for
   * @throws IllegalArgumentException if it cannot
   */
  public ExpectedService expected(long number, FleetSize size, double load) {
    Choice choice = space.at(number);
    prepare(choice);
    if (!fits(choice)) {
      throw new IllegalArgumentException("deployment %d does not fit".formatted(number));
    }
    Evaluated evaluated = evaluated(choice, this::load);
    if (evaluated.fleet() == null) {
      throw new IllegalArgumentException("deployment %d meets no level".formatted(number));
    }
    return new ExpectedService(
        evaluated.prompting().ttftP99(load * rate() / size.replicas()),
        evaluated.decoding().tpotP99(load * rate() / decoding(size)),
        size.requestsPerSecond() / rate());
  }

  private Deployment.Served served(Choice choice, Evaluated evaluated) {
    FleetSize fleet = evaluated.fleet();
    double promptRate = rate() / fleet.replicas();
    double decodeRate = rate() / decoding(fleet);
    ReplicaLoad decoding = evaluated.decoding();
    double running = decoding.running(decodeRate);
    StepTime step = step(choice, running);
    double timesError = Math.hypot(step.relativeError(), inputs.costs().tpotError());
    double error = Math.hypot(timesError, FORM_ERROR);
    return new Deployment.Served(
        fleet,
        evaluated.requestsPerSecond(),
        evaluated.prompting().ttftP99(promptRate),
        decoding.tpotP99(decodeRate),
        evaluated.prompting().alone(promptRate),
        decoding.tpotMean(decodeRate),
        evaluated.prompting().promptTokenMillis(promptRate),
        decoding.sequenceMillis(decodeRate),
        running,
        timesError,
        error,
        step.basis(),
        fleetAt(choice, 1 + error),
        fleetAt(choice, 1 / (1 + error)),
        roofline(choice));
  }

  /**
   * A fleet as it is simulated.
   *
   * @throws UserException if the deployment does not fit
   */
  public Fleet fleet(long number, FleetSize size, Routing routing) {
    return fleet(number, size, routing, 1);
  }

  /**
   * A fleet as it is simulated, were its steps quicker or slower.
   *
   * @param number of a deployment that fits
   * @param size how many replicas
   * @param slowdown what steps take of their predicted time: 1, or another to see what an error
   *     does
   * @throws UserException if it does not fit
   */
  public Fleet fleet(long number, FleetSize size, Routing routing, double slowdown) {
    Choice choice = space.at(number);
    prepare(choice);
    if (!fits(choice)) {
      throw new UserException(details(number).reason().orElse("cannot be simulated"));
    }
    return fleets.fleet(choice, steps, pools, size, routing, slowdown);
  }

  /** Of a choice that was prepared. */
  private boolean fits(Choice choice) {
    return reason == null && pools.tooSmall(choice) == null;
  }

  private StepTime step(Choice choice, double running) {
    return steps
        .model(choice)
        .time(StepLoad.decode(Math.max(1, running), inputs.demand().mix().keptTokens()));
  }

  /** What is needed where steps take another part of their predicted time. */
  private Optional<FleetSize> fleetAt(Choice choice, double slowdown) {
    return Optional.ofNullable(
        evaluated(choice, (same, role) -> load(same, role, slowdown)).fleet());
  }

  private Optional<FleetSize> roofline(Choice choice) {
    if (roofline == null) {
      roofline = new DeploymentSearch(space, inputs.ofDataSheets());
    }
    roofline.prepare(choice);
    return roofline.reason == null
        ? Optional.ofNullable(roofline.evaluated(choice, roofline::load).fleet())
        : Optional.empty();
  }

  private void prepare(Choice choice) {
    if (ofSteps == null || !ofSteps.isDividedAs(choice)) {
      ofSteps = choice;
      steps = new SearchSteps(space, inputs, models(choice), choice);
      stepsAreDivided = true;
      ofLoads = null;
      pools = null;
      reason = null;
      try {
        steps.parallelism();
      } catch (UserException e) {
        stepsAreDivided = false;
        reason = e.getMessage();
      }
    }
    if (!stepsAreDivided) {
      return;
    }
    boolean sameLoads =
        ofLoads != null
            && ofLoads.hasStepsOf(choice)
            && ofLoads.batchedTokens() == choice.batchedTokens();
    if (sameLoads) {
      return;
    }
    SearchPools ofSameSteps = ofLoads != null && ofLoads.hasStepsOf(choice) ? pools : null;
    pools = null;
    ofLoads = choice;
    loads.clear();
    promptBytes = 0;
    reason = null;
    try {
      steps.curve(choice);
      pools =
          ofSameSteps == null
              ? new SearchPools(space, inputs, steps, choice)
              : ofSameSteps.withOtherTokens();
    } catch (UserException e) {
      reason = e.getMessage();
    }
  }

  private StepModels models(Choice choice) {
    return models.computeIfAbsent(
        choice.accelerator(),
        accelerator ->
            new StepModels(inputs.profiles().get(space.accelerators().get(accelerator))));
  }

  private ReplicaLoad load(Choice choice, PoolRole role) {
    return loads.computeIfAbsent(role, any -> load(choice, role, 1));
  }

  private ReplicaLoad load(Choice choice, PoolRole role, double slowdown) {
    Parallelism parallelism = steps.parallelism();
    StepTimes times =
        new StepTimes(
            steps.curve(choice),
            engine(choice),
            inputs.costs(),
            inputs.costs().overlaps(inputs.release()),
            parallelism.attentionData());
    int mostSequences = space.mostSequences() * parallelism.attentionData();
    ServingCurve curve = new ServingCurve(times, role, mostSequences, inputs.demand(), slowdown);
    return new ReplicaLoad(curve, inputs.demand(), pools.tokensOfSequence(choice));
  }

  private EngineScheduler engine(Choice choice) {
    return inputs.engine().withMostTokens(space.batchedTokens().get(choice.batchedTokens()));
  }

  private int sequences(Choice choice) {
    return space.sequences().get(choice.sequences())
        * space.parallelisms().get(choice.parallelism()).attentionData();
  }

  /** No more than the link of a replica carries. */
  private Capacity linked(Choice choice, Capacity prefill) {
    if (promptBytes == 0) {
      long tokens = (long) Math.ceil(inputs.demand().mix().inputTokens());
      promptBytes = steps.variant().spec().kvBytes(tokens, space.kvFormat(choice));
    }
    double most = SearchFleets.linkBytesPerSecond(space, inputs, choice) / promptBytes;
    return most < prefill.requestsPerSecond() ? new Capacity(most, Limit.LINK) : prefill;
  }
}
