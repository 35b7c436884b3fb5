package io.headroom.plan.search;

import io.headroom.UserException;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.LatentHeads;
import io.headroom.model.weights.ModelWeights;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.search.SearchSpace.Choice;
import io.headroom.plan.time.AttentionCurve;
import io.headroom.plan.time.Parallelism;
import io.headroom.plan.time.StepCurve;
import io.headroom.plan.time.StepModel;
import io.headroom.plan.time.StepModels;
import io.headroom.plan.time.TokenCurve;
import java.util.HashMap;
import java.util.Map;

/**
 * The steps of a model on some accelerators, for all weights and formats of the cache: what tokens
 * take is tabulated once for each weights, what attention takes once for each format.
 */
final class SearchSteps {
  /** A table, or why there is none. */
  private record Tabulated<T>(T table, String reason) {}

  private record AttentionKey(int kvFormat, int weights) {}

  private final SearchSpace space;
  private final SearchInputs inputs;
  private final StepModels models;
  private final ModelVariant variant;
  private final AcceleratorProfile profile;
  private final ParallelChoice asked;
  private final Map<Integer, ModelWeights> weights = new HashMap<>();
  private final Map<Integer, StepModel> plainModels = new HashMap<>();
  private final Map<Integer, Tabulated<TokenCurve>> tokens = new HashMap<>();
  private final Map<AttentionKey, Tabulated<AttentionCurve>> attention = new HashMap<>();
  private final boolean hasLatentHeads;
  private Parallelism divided;

  SearchSteps(SearchSpace space, SearchInputs inputs, StepModels models, Choice choice) {
    this.space = space;
    this.models = models;
    this.inputs = inputs;
    this.variant = space.variants().get(choice.variant());
    this.profile = inputs.profiles().get(space.accelerators().get(choice.accelerator()));
    this.asked = space.parallelisms().get(choice.parallelism());
    this.hasLatentHeads =
        variant.spec().layers().stream().anyMatch(layer -> layer.heads() instanceof LatentHeads);
  }

  ModelVariant variant() {
    return variant;
  }

  AcceleratorProfile profile() {
    return profile;
  }

  /**
   * @throws UserException if the model cannot be divided so, or no link is known over which ranks
   *     could talk
   */
  Parallelism parallelism() {
    if (divided == null) {
      divided = divide();
    }
    return divided;
  }

  private Parallelism divide() {
    if (profile.sheet().host() && asked.accelerators() > 1) {
      throw new UserException(
          "a replica must be one host, for no link between hosts was measured: %d ranks"
              .formatted(asked.accelerators()));
    }
    return asked.of(variant);
  }

  ModelWeights weights(Choice choice) {
    return weights.computeIfAbsent(
        choice.weights(),
        index -> {
          String scheme = space.weights().get(index);
          return scheme.equals(SearchSpace.AS_CHECKPOINT)
              ? variant.weights()
              : variant.weights().quantised(scheme);
        });
  }

  /**
   * @throws UserException if the model cannot be divided or kept so
   */
  StepCurve curve(Choice choice) {
    TokenCurve ofTokens = table(tokens.computeIfAbsent(choice.weights(), any -> tokens(choice)));
    AttentionKey key = new AttentionKey(choice.kvFormat(), hasLatentHeads ? choice.weights() : 0);
    return new StepCurve(ofTokens, table(attention.computeIfAbsent(key, any -> attention(choice))));
  }

  private static <T> T table(Tabulated<T> tabulated) {
    if (tabulated.table() == null) {
      throw new UserException(tabulated.reason());
    }
    return tabulated.table();
  }

  /** Whatever the cache is kept in: one table serves all formats. */
  private Tabulated<TokenCurve> tokens(Choice choice) {
    try {
      return new Tabulated<>(
          TokenCurve.of(plainModel(choice), space.mostBatchedTokens(), space.mostSequences()), "");
    } catch (UserException e) {
      return new Tabulated<>(null, e.getMessage());
    }
  }

  private Tabulated<AttentionCurve> attention(Choice choice) {
    try {
      RequestMix mix = inputs.demand().mix();
      int longest = (int) Math.ceil(mix.prompts().largest());
      return new Tabulated<>(
          AttentionCurve.of(model(choice), space.mostSequences(), mix.keptTokens(), longest), "");
    } catch (UserException e) {
      return new Tabulated<>(null, e.getMessage());
    }
  }

  /**
   * @throws UserException if the model cannot be divided or kept so
   */
  StepModel model(Choice choice) {
    return plainModel(choice).keepingIn(space.kvFormat(choice));
  }

  /** With a cache in 16 bits. */
  private StepModel plainModel(Choice choice) {
    return plainModels.computeIfAbsent(
        choice.weights(),
        any -> models.of(variant.spec(), weights(choice), parallelism(), KvPrecision.BF16));
  }
}
