package io.headroom.engines;

import io.headroom.UserException;
import io.headroom.attention.AttentionEngine;
import io.headroom.attention.EngineUnavailableException;
import io.headroom.attention.nd4j.Nd4jAttentionEngine;
import io.headroom.attention.reference.ReferenceAttentionEngine;
import io.headroom.attention.vector.VectorAttentionEngine;
import java.util.List;

/** The engines by name. To add an engine, implement {@link AttentionEngine} and name it here. */
public final class AttentionEngines {
  public static final List<String> NAMES = List.of("vector", "nd4j", "reference");

  private AttentionEngines() {}

  /**
   * @param threads that the engine may use, at least 1
   * @throws UserException if there is no such engine
   * @throws EngineUnavailableException if it cannot run in this process
   */
  public static AttentionEngine create(String name, int threads) {
    return switch (name) {
      case "vector" -> new VectorAttentionEngine(threads);
      case "nd4j" -> nd4j(threads);
      case "reference" -> new ReferenceAttentionEngine();
      default ->
          throw new UserException(
              "unknown engine %s; allowed: %s".formatted(name, String.join(", ", NAMES)));
    };
  }

  /** Without its jars the engine's own class does not load. */
  private static AttentionEngine nd4j(int threads) {
    try {
      return new Nd4jAttentionEngine(threads);
    } catch (LinkageError e) {
      throw new EngineUnavailableException("nd4j", e);
    }
  }
}
