package io.headroom.verify;

import io.headroom.UserException;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.OutputError;
import io.headroom.tensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A tensor file loaded to be verified: attention alone, with tensors {@code query, key, value,
 * output}, or a whole layer, with {@code hidden_states} and a {@code NAME.config.json} beside.
 */
public final class TensorVerification {
  /** Relative L2 error allowed where the file keeps its output in 32 or 64 bits. */
  public static final double F32_TOLERANCE = 2e-5;

  /** The same for F16 outputs, which are rounded to 11 bits. */
  public static final double F16_TOLERANCE = 1e-3;

  /** The same for BF16 outputs, which are rounded to 8 bits. */
  public static final double BF16_TOLERANCE = 8e-3;

  private final Path file;
  private final TensorCase tensorCase;

  private TensorVerification(Path file, TensorCase tensorCase) {
    this.file = file;
    this.tensorCase = tensorCase;
  }

  /**
   * Loads a file and checks all of it.
   *
   * @throws UserException if the file or the configuration beside it is missing or broken, shapes
   *     do not fit together, numbers are not finite, or metadata is missing or unknown
   */
  public static TensorVerification read(Path file) {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      if (tensors.tensors().containsKey(LayerFile.HIDDEN_STATES)) {
        return new TensorVerification(file, LayerFile.read(tensors));
      }
      if (tensors.tensors().containsKey(AttentionFile.QUERY)) {
        return new TensorVerification(file, AttentionFile.read(tensors));
      }
      throw new UserException(
          "%s: tensors query, key, value and output are needed, or hidden_states, output and the weights of a layer; it has %s"
              .formatted(
                  file,
                  tensors.tensors().isEmpty()
                      ? "none"
                      : String.join(", ", tensors.tensors().keySet())));
    }
  }

  public Path file() {
    return file;
  }

  /** The relative L2 error allowed unless another is given, by the type of the output. */
  public double defaultTolerance() {
    return switch (tensorCase.expectedType()) {
      case F16 -> F16_TOLERANCE;
      case BF16 -> BF16_TOLERANCE;
      default -> F32_TOLERANCE;
    };
  }

  /** Why the engine cannot run the file, in one line; empty if it can. */
  public Optional<String> unsupported(AttentionEngine engine) {
    return tensorCase.unsupported(engine);
  }

  /** Runs the file through an engine, with the default tolerance. */
  public VerificationResult verify(AttentionEngine engine) {
    return verify(engine, defaultTolerance());
  }

  /**
   * Runs the file through an engine, each item of the batch over a contiguous f32 cache of its own.
   *
   * @param tolerance the largest relative L2 error that passes
   * @throws UserException if the engine does not support it, or the tolerance is not a number of at
   *     least 0
   */
  public VerificationResult verify(AttentionEngine engine, double tolerance) {
    if (!(tolerance >= 0)) {
      throw new UserException("tolerance must be a number of at least 0: " + tolerance);
    }
    unsupported(engine)
        .ifPresent(
            reason -> {
              throw new UserException(
                  "%s: the %s engine cannot run it: %s".formatted(file, engine.name(), reason));
            });
    OutputError error = OutputError.between(tensorCase.run(engine), tensorCase.expected());
    return new VerificationResult(
        file, engine.name(), engine.detail(), error.maxAbsolute(), error.relativeL2(), tolerance);
  }
}
