package io.headroom.model.weights;

import java.util.Objects;

/**
 * What one rank holds of equal arrays of a layer.
 *
 * @param copies how many; more than one for experts
 * @param outputs rows of {@code [outputs, inputs]} on the rank
 * @param inputs columns; 1 for a vector
 * @param encoding of its numbers
 */
public record RankMatrix(
    String module,
    WeightRole role,
    long copies,
    long outputs,
    long inputs,
    MatrixEncoding encoding) {
  public RankMatrix {
    Objects.requireNonNull(module, "module");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(encoding, "encoding");
  }

  /** Whether every token is multiplied with it. */
  public boolean isProjection() {
    return role == WeightRole.PROJECTION || role == WeightRole.ROUTER || isSmallProjection();
  }

  /** A matrix that no scheme quantises, such as the weights of an indexer's heads. */
  private boolean isSmallProjection() {
    return role == WeightRole.OTHER && inputs > 1;
  }
}
