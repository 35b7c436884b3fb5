package io.headroom.plan.search;

import io.headroom.kvcache.KvFormat;
import io.headroom.model.VllmBlocks;
import io.headroom.plan.memory.EngineRelease;
import io.headroom.plan.memory.EngineSetting;
import io.headroom.plan.memory.KvPool;
import io.headroom.plan.search.SearchSpace.Choice;
import java.util.OptionalInt;

/** What the cache of a replica holds: of choices that share their steps and differ in limits. */
final class SearchPools {
  private final SearchSpace space;
  private final SearchInputs inputs;
  private final SearchSteps steps;
  private final KvPool ofSteps;
  private final KvPool[] bySequences;
  private long blocksOfSequence;
  private Choice ofLast;
  private KvPool last;

  /**
   * @throws io.headroom.UserException if the model cannot be kept so
   */
  SearchPools(SearchSpace space, SearchInputs inputs, SearchSteps steps, Choice choice) {
    this(
        space,
        inputs,
        steps,
        KvPool.of(
            steps.variant().spec(),
            steps.weights(choice),
            setting(space, inputs, steps, choice),
            inputs.overheads()));
  }

  private SearchPools(SearchSpace space, SearchInputs inputs, SearchSteps steps, KvPool ofSteps) {
    this.space = space;
    this.inputs = inputs;
    this.steps = steps;
    this.ofSteps = ofSteps;
    this.bySequences = new KvPool[space.sequences().size()];
  }

  /** The same with another number of batched tokens. */
  SearchPools withOtherTokens() {
    return new SearchPools(space, inputs, steps, ofSteps);
  }

  KvPool pool(Choice choice) {
    if (!choice.equals(ofLast)) {
      double utilisation = space.utilisations().get(choice.utilisation());
      long budget = (long) (steps.profile().sheet().memoryBytes() * utilisation);
      last = ofSequences(choice).withBudget(budget);
      ofLast = choice;
    }
    return last;
  }

  /** With any part of the memory. */
  private KvPool ofSequences(Choice choice) {
    KvPool pool = bySequences[choice.sequences()];
    if (pool == null) {
      pool =
          ofSteps.withSteps(
              steps.variant().spec(), setting(space, inputs, steps, choice), inputs.overheads());
      bySequences[choice.sequences()] = pool;
    }
    return pool;
  }

  /** What keeps requests from running at all; null if nothing does. */
  Limit tooSmall(Choice choice) {
    RequestMix mix = inputs.demand().mix();
    if (mix.partAbove(longest()) > ServiceLevels.MAY_MISS) {
      return Limit.CONTEXT;
    }
    KvPool pool = pool(choice);
    if (pool.bytes() <= 0) {
      return Limit.WEIGHTS;
    }
    boolean holdsAll = pool.concurrency() >= 1;
    if (!holdsAll && mix.partAbove(pool.concurrency() * longest()) > ServiceLevels.MAY_MISS) {
      return Limit.KV;
    }
    return null;
  }

  /** The longest request that is sent to the model, as far as it has positions. */
  int longest() {
    return longest(inputs, steps);
  }

  private static int longest(SearchInputs inputs, SearchSteps steps) {
    int positions = steps.variant().spec().maxPositions();
    int longest = inputs.demand().mix().longestTokens();
    return positions > 0 ? Math.min(positions, longest) : longest;
  }

  /**
   * That the caches of all ranks hold. Where layers forget, as many as sequences that decode at the
   * mean length of the mix have there.
   */
  long tokens(Choice choice) {
    KvPool pool = pool(choice);
    int ranks = space.parallelisms().get(choice.parallelism()).attentionData();
    if (pool.keepsAll()) {
      return pool.tokens() * ranks;
    }
    double tokens = tokensOfSequence(choice);
    if (blocksOfSequence == 0) {
      blocksOfSequence =
          pool.decodingBlocks(
              steps.variant().spec(),
              setting(space, inputs, steps, choice),
              (int) Math.ceil(tokens));
    }
    return (long) ((double) pool.blockCount() / blocksOfSequence * tokens * ranks);
  }

  /** In the cache on average, what the engine reserves and what is left of a block included. */
  double tokensOfSequence(Choice choice) {
    RequestMix mix = inputs.demand().mix();
    return mix.keptTokens()
        + inputs.engine().reservedOutput() * mix.leftTokens()
        + 0.5 * blockTokens(choice);
  }

  /** In which sequences are counted: those of the pool, or usual ones where layers forget. */
  int blockTokens(Choice choice) {
    KvPool pool = pool(choice);
    return pool.keepsAll() ? pool.blockTokens() : VllmBlocks.USUAL_TOKENS;
  }

  private static EngineSetting setting(
      SearchSpace space, SearchInputs inputs, SearchSteps steps, Choice choice) {
    long visible = (long) steps.profile().sheet().memoryBytes();
    KvFormat format = space.kvFormat(choice);
    return new EngineSetting(
        visible,
        space.utilisations().get(choice.utilisation()),
        longest(inputs, steps),
        format,
        steps.parallelism().layout(),
        EngineRelease.of(inputs.engine().engine().equals("vllm") ? inputs.release() : ""),
        OptionalInt.of(space.batchedTokens().get(choice.batchedTokens())),
        OptionalInt.of(space.sequences().get(choice.sequences())),
        EngineSetting.hasManySequences(steps.profile().sheet().name(), visible),
        steps.profile().sheet().host());
  }
}
