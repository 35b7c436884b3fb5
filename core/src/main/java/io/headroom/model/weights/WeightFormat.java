package io.headroom.model.weights;

import io.headroom.UserException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How a checkpoint keeps its weights.
 *
 * @param label such as {@code bfloat16} or {@code fp8}
 * @param numberBytes of a number that is not quantised
 * @param quantised the encoding of quantised matrices; empty where none is
 * @param roles what is quantised
 * @param kept modules that are not
 */
public record WeightFormat(
    String label,
    int numberBytes,
    Optional<MatrixEncoding> quantised,
    Set<WeightRole> roles,
    KeptModules kept)
    implements Serializable {

  /** What schemes quantise where nothing else is said. */
  static final Set<WeightRole> PROJECTIONS = Set.of(WeightRole.PROJECTION, WeightRole.EXPERT);

  /** What an engine can quantise to when it starts, and what it runs unquantised. */
  public static final List<String> SCHEMES =
      List.of("bfloat16", "fp8", "fp8_block", "nvfp4", "int4");

  private static final int BLOCK = 128;

  public WeightFormat {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(quantised, "quantised");
    roles = Set.copyOf(roles);
    Objects.requireNonNull(kept, "kept");
  }

  static WeightFormat plain(String label, int numberBytes) {
    return new WeightFormat(label, numberBytes, Optional.empty(), Set.of(), KeptModules.NONE);
  }

  /**
   * The format that one of the {@link #SCHEMES} makes.
   *
   * @throws UserException if there is no such scheme
   */
  static WeightFormat named(String scheme) {
    return switch (scheme) {
      case "bfloat16" -> plain(scheme, Short.BYTES);
      case "fp8" -> quantised(scheme, MatrixEncoding.perTensor(8));
      case "fp8_block" -> quantised(scheme, MatrixEncoding.blocks(8, BLOCK, BLOCK));
      case "nvfp4" -> quantised(scheme, MatrixEncoding.nvfp4());
      case "int4" -> quantised(scheme, MatrixEncoding.groups(4, BLOCK, 0));
      default ->
          throw new UserException(
              "weights must be one of %s: %s".formatted(String.join(", ", SCHEMES), scheme));
    };
  }

  private static WeightFormat quantised(String scheme, MatrixEncoding encoding) {
    return new WeightFormat(
        scheme, Short.BYTES, Optional.of(encoding), PROJECTIONS, KeptModules.NONE);
  }

  /** The encoding of a module of a layer. */
  MatrixEncoding of(WeightMatrix matrix, String layer) {
    if (quantised.isEmpty()
        || !roles.contains(matrix.role())
        || kept.has(layer + matrix.module())) {
      return MatrixEncoding.plain(numberBytes);
    }
    return quantised.get();
  }

  /** Whether it quantises to four bits of e2m1 with a scale of 32, as gpt-oss does its experts. */
  public boolean isMxfp4() {
    return quantised.isPresent() && quantised.get().equals(MatrixEncoding.mxfp4());
  }

  /** The same as an engine holds it, see {@link ModelWeights#served}. */
  WeightFormat served(int mostNumberBytes, int expertInputsStep) {
    return new WeightFormat(
        label,
        Math.min(numberBytes, mostNumberBytes),
        isMxfp4() ? Optional.of(quantised.get().padded(expertInputsStep)) : quantised,
        roles,
        kept);
  }

  /** What is written of it: an Optional cannot be. */
  private Object writeReplace() {
    return new Written(label, numberBytes, quantised.orElse(null), roles, kept);
  }

  private record Written(
      String label,
      int numberBytes,
      MatrixEncoding quantised,
      Set<WeightRole> roles,
      KeptModules kept)
      implements Serializable {
    private Object readResolve() {
      return new WeightFormat(label, numberBytes, Optional.ofNullable(quantised), roles, kept);
    }
  }
}
